import type { InstanceNode } from './evaluation-context.ts';

type Rows = readonly ReadonlyMap<string, string>[];

/** Node trees and indexes of lists, kept as long as the rows themselves are. */
const trees = new WeakMap<Rows, InstanceNode>();
const indexes = new WeakMap<Rows, Map<string, Map<string, ReadonlyMap<string, string>>>>();

/** A list as the secondary instance that it is in an XForm: `<instance><root><item><column>…`. */
export function listNode(rows: Rows): InstanceNode {
  const known = trees.get(rows);
  if (known !== undefined) return known;
  const instance = new Branch('instance', undefined, (self) => [
    new Branch('root', self, (root) => rows.map((row, at) => itemNode(row, root, at + 1))),
  ]);
  trees.set(rows, instance);
  return instance;
}

/** One row of a list as a node with its columns as children. */
export function itemNode(
  row: ReadonlyMap<string, string>,
  parent?: InstanceNode,
  position = 1,
): InstanceNode {
  const columns = (self: InstanceNode): InstanceNode[] =>
    [...row].map(([name, text]) => new Leaf(name, self, text));
  return new Branch('item', parent, columns, position);
}

/** The first row whose `key` column has that value, in constant time after the first look. */
export function findRow(
  rows: Rows,
  key: string,
  value: string,
): ReadonlyMap<string, string> | undefined {
  let byColumn = indexes.get(rows);
  if (byColumn === undefined) {
    byColumn = new Map<string, Map<string, ReadonlyMap<string, string>>>();
    indexes.set(rows, byColumn);
  }
  let byValue = byColumn.get(key);
  if (byValue === undefined) {
    byValue = new Map();
    for (const row of rows) {
      const cell = row.get(key);
      if (cell !== undefined && !byValue.has(cell)) byValue.set(cell, row);
    }
    byColumn.set(key, byValue);
  }
  return byValue.get(value);
}

class Leaf implements InstanceNode {
  readonly kind = 'question';
  readonly name: string;
  readonly parent: InstanceNode;
  readonly #text: string;

  constructor(name: string, parent: InstanceNode, text: string) {
    this.name = name;
    this.parent = parent;
    this.#text = text;
  }

  text(): string {
    return this.#text;
  }

  children(): readonly InstanceNode[] {
    return [];
  }

  position(): number {
    return 1;
  }
}

class Branch implements InstanceNode {
  readonly kind = 'group';
  readonly name: string;
  readonly parent: InstanceNode | undefined;
  readonly #grow: (self: InstanceNode) => readonly InstanceNode[];
  readonly #position: number;
  #children: readonly InstanceNode[] | undefined;
  #byName: ReadonlyMap<string, readonly InstanceNode[]> | undefined;

  constructor(
    name: string,
    parent: InstanceNode | undefined,
    grow: (self: InstanceNode) => readonly InstanceNode[],
    position = 1,
  ) {
    this.name = name;
    this.parent = parent;
    this.#grow = grow;
    this.#position = position;
  }

  text(): string {
    return this.children()
      .map((child) => child.text())
      .join('');
  }

  children(name?: string): readonly InstanceNode[] {
    this.#children ??= this.#grow(this);
    if (name === undefined) return this.#children;
    // Asked for each row of a list, and mostly for the same column.
    this.#byName ??= Map.groupBy(this.#children, (child) => child.name);
    return this.#byName.get(name) ?? [];
  }

  position(): number {
    return this.#position;
  }
}

import type { FormModel, FormNode, Group, Repeat } from '../model.ts';
import { typeRow } from '../types/question-types.ts';
import { isXmlName } from '../../xml-text.ts';

/**
 * Nodes that an XForm has beside those of the form: hidden ones and ones without an answer. Instances
 * come back with them.
 */
export interface GeneratedNodes {
  /** The path of the node that holds a computed count: `jr:count` takes a path only. */
  readonly counts: ReadonlyMap<Repeat, readonly string[]>;
  /** The path of the select that shows the labels of a group with the appearance `table-list`. */
  readonly headers: ReadonlyMap<Group, readonly string[]>;
}

/** `${name}` and nothing else: what `jr:count` can name by itself. */
const onlyReference = /^\s*\$\{\s*[^\s${}#]+\s*\}\s*$/;

/** The nodes that writeXForm adds to a form, called as pyxform calls them. */
export function generatedNodes(model: FormModel): GeneratedNodes {
  const nodes = {
    counts: new Map<Repeat, readonly string[]>(),
    headers: new Map<Group, readonly string[]>(),
  };
  add(model.root, nodes);
  return nodes;
}

function add(
  block: Group | Repeat,
  nodes: { counts: Map<Repeat, readonly string[]>; headers: Map<Group, readonly string[]> },
): void {
  const taken = new Set(block.children.map((child) => child.name));
  const free = (wanted: string): readonly string[] => {
    let name = wanted;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return [...block.path, name];
  };
  for (const child of block.children) {
    if (child.kind === 'question') continue;
    if (child.kind === 'repeat' && needsNode(child)) {
      nodes.counts.set(child, free(`${child.name}_count`));
    }
    add(child, nodes);
  }
  if (block.kind === 'group' && isTableList(block)) {
    const first = block.children.find(isSelect);
    if (first === undefined) return;
    nodes.headers.set(block, free(`reserved_name_for_field_list_labels_${first.row}`));
  }
}

function needsNode({ count }: Repeat): boolean {
  return count !== undefined && !onlyReference.test(count.source);
}

/** Whether a group shows its selects, all of one list, as the rows of a table. */
export function isTableList({ appearance }: Group): boolean {
  return appearance.split(/\s+/).includes('table-list');
}

/** Whether a node is a row of such a table. */
export function isSelect(node: FormNode): boolean {
  if (node.kind !== 'question') return false;
  const { choices } = typeRow(node.type);
  return choices === 'one' || choices === 'several';
}

/** Whether the node is kept in the record's metadata, as the log of a filling (`audit`) is. */
export function isInMeta(node: FormNode): boolean {
  return node.kind === 'question' && node.type === 'audit';
}

/** Where the record's metadata stand, below the root element. */
export const metaName = 'orx:meta';

interface Target {
  readonly path: readonly string[];
  /** How many names of the path lead to each repeat that it goes through, itself included. */
  readonly repeats: readonly number[];
}

const nowhere: Target = { path: [], repeats: [] };

/** Where the nodes of a form stand in its XForm's primary instance. */
export class NodePaths {
  /** Name of the root element. */
  readonly root: string;
  readonly #targets = new Map<string, Target>();

  constructor(model: FormModel) {
    const name = model.settings.client.get('name') ?? '';
    this.root = isXmlName(name) ? name : 'data';
    this.#add(model.root, []);
  }

  /** The absolute path: `/data/group/name`. */
  absolute(path: readonly string[]): string {
    return `/${[this.root, ...path].join('/')}`;
  }

  /** The absolute path of what `${name}` names; undefined if nothing has that name. */
  absoluteOf(name: string): string | undefined {
    const target = this.#targets.get(name);
    return target === undefined ? undefined : this.absolute(target.path);
  }

  /**
   * What `${name}` means to the node at `from`: a path from there if both stand in the same instance
   * of a repeat, which is then the one meant, else the absolute path. `current` is what such a path
   * begins with where `.` is another node: in a predicate. A repeat seen from within is all of its
   * instances, by a path from above it: Collect reads an absolute one as the one instance around.
   */
  seenFrom(from: readonly string[], name: string, current = ''): string | undefined {
    const target = this.#targets.get(name);
    if (target === undefined) return undefined;
    const { path, repeats } = target;
    if (repeats[0] !== path.length || !isAround(path, from)) {
      return this.#path(target, from, current);
    }
    return `${current}${'../'.repeat(from.length - path.length + 1)}${path.at(-1) ?? ''}`;
  }

  /** The path from the node at `from` to the instance that it stands in of the repeat called `name`; undefined if in none. */
  instanceAround(from: readonly string[], name: string, current = ''): string | undefined {
    const { path, repeats } = this.#targets.get(name) ?? nowhere;
    if (repeats.at(-1) !== path.length || !isAround(path, from)) return undefined;
    return current + Array.from({ length: from.length - path.length }, () => '..').join('/');
  }

  /**
   * The innermost repeat that holds what `${name}` names: all of its instances as the node at `from`
   * sees them, and what was named as each of them sees it. Undefined if it stands in no repeat.
   */
  inRepeat(
    name: string,
    from: readonly string[],
  ): { repeat: readonly string[]; nodeset: string; value: string } | undefined {
    const target = this.#targets.get(name);
    const length = target?.repeats.findLast((one) => one < target.path.length);
    if (target === undefined || length === undefined) return undefined;
    const repeat = target.path.slice(0, length);
    return {
      repeat,
      nodeset: this.#path({ path: repeat, repeats: target.repeats }, from, ''),
      value: target.path.slice(length).join('/'),
    };
  }

  /**
   * What `${name}` means in a predicate on the instances of a repeat: if it stands in them, what each
   * of them holds, unless the node at `from` shares a repeat within with it.
   */
  withinItem(name: string, repeat: readonly string[], from: readonly string[]): string | undefined {
    const { path, repeats } = this.#targets.get(name) ?? nowhere;
    if (path.length <= repeat.length || sharedLength(path, repeat) < repeat.length)
      return undefined;
    const shared = sharedLength(path, from);
    const isNearer = repeats.some((length) => length > repeat.length && length <= shared);
    return isNearer ? undefined : `./${path.slice(repeat.length).join('/')}`;
  }

  #path({ path, repeats }: Target, from: readonly string[], current: string): string {
    const shared = sharedLength(from, path);
    const repeat = repeats.findLast((length) => length <= shared && length < path.length);
    if (repeat === undefined) return this.absolute(path);
    const up = Array.from({ length: from.length - repeat }, () => '..');
    const steps = [...(up.length === 0 && current === '' ? ['.'] : up), ...path.slice(repeat)];
    return current + steps.join('/');
  }

  #add(block: Group | Repeat, around: readonly number[]): void {
    for (const child of block.children) {
      const repeats = child.kind === 'repeat' ? [...around, child.path.length] : around;
      const path = isInMeta(child) ? [metaName, 'orx:audit'] : child.path;
      // Of several nodes of one name, none may be referred to.
      if (!this.#targets.has(child.name)) this.#targets.set(child.name, { path, repeats });
      if (child.kind !== 'question') this.#add(child, repeats);
    }
  }
}

function isAround(path: readonly string[], from: readonly string[]): boolean {
  return from.length > path.length && sharedLength(from, path) === path.length;
}

function sharedLength(one: readonly string[], other: readonly string[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

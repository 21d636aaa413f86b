import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { numberToText } from '../../shared/form/types/number-text.ts';
import type {
  EvaluationContext,
  InstanceNode,
} from '../../shared/form/expression/evaluation-context.ts';

/**
 * An instance made of plain JSON: an object is a group, an array of objects a repeat, anything else
 * a question; an array of texts is a select_multiple, null an unanswered question. No form stands
 * behind it, so that an empty array is a repeat without instances.
 */
export function instanceFromJson(json: JsonObject, rootName = 'data'): InstanceNode {
  return new JsonNode(rootName, 'group', undefined, json, 1);
}

/** The node at `/`-parted names below `root`, `name[2]` being the second instance of a repeat. */
function nodeAt(root: InstanceNode, path: string): InstanceNode {
  let node = root;
  for (const step of path.split('/').filter(Boolean)) {
    const [, name = '', index = '1'] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const child = node.children(name)[Number(index) - 1];
    if (child === undefined) throw new Error(`no ${step} below ${node.name}`);
    node = child;
  }
  return node;
}

/** A context that stands at `path`, with names resolved by the first place where each appears. */
export function contextAt(
  root: InstanceNode,
  path = '',
  more: Partial<EvaluationContext> = {},
): EvaluationContext {
  const paths = new Map<string, readonly string[]>();
  collectPaths(root, [], paths);
  return {
    node: nodeAt(root, path),
    root,
    pathOf: (name) => paths.get(name),
    now: new Date('2026-11-21T10:20:30.400Z'),
    utcOffsetMinutes: 0,
    uuid: () => '123e4567-e89b-42d3-a456-426614174000',
    choiceLabel: (name, code) => `${name}:${code}`,
    itemset: () => undefined,
    ...more,
  };
}

function collectPaths(
  node: InstanceNode,
  path: readonly string[],
  paths: Map<string, readonly string[]>,
): void {
  for (const child of node.children()) {
    const below = [...path, child.name];
    if (!paths.has(child.name)) paths.set(child.name, below);
    collectPaths(child, below, paths);
  }
}

class JsonNode implements InstanceNode {
  readonly name: string;
  readonly kind: InstanceNode['kind'];
  readonly parent: InstanceNode | undefined;
  readonly #value: JsonValue;
  readonly #position: number;
  readonly #children: readonly InstanceNode[];

  constructor(
    name: string,
    kind: InstanceNode['kind'],
    parent: InstanceNode | undefined,
    value: JsonValue,
    position: number,
  ) {
    this.name = name;
    this.kind = kind;
    this.parent = parent;
    this.#value = value;
    this.#position = position;
    this.#children = isJsonObject(value)
      ? Object.entries(value).flatMap(([key, below]) => this.#grow(key, below))
      : [];
  }

  #grow(name: string, value: JsonValue): readonly InstanceNode[] {
    if (Array.isArray(value) && !value.some((one) => typeof one === 'string')) {
      return (value as readonly JsonValue[]).map(
        (one, index) => new JsonNode(name, 'repeat-instance', this, one, index + 1),
      );
    }
    const kind = isJsonObject(value) ? 'group' : 'question';
    return [new JsonNode(name, kind, this, value, 1)];
  }

  get isNumber(): boolean {
    return typeof this.#value === 'number';
  }

  text(): string {
    const value = this.#value;
    if (value === null || isJsonObject(value)) return '';
    if (typeof value === 'number') return numberToText(value);
    return typeof value === 'object' ? value.map(String).join(' ') : String(value);
  }

  children(name?: string): readonly InstanceNode[] {
    return name === undefined
      ? this.#children
      : this.#children.filter((child) => child.name === name);
  }

  position(): number {
    return this.#position;
  }
}

import type { FormModel, FormNode, Group, Repeat } from '../model.ts';
import { typeRow } from '../types/question-types.ts';

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

import type { FormModel, FormNode, Group, Repeat } from '../model.ts';

/** `${name}` and nothing else: what `jr:count` can name by itself. */
const onlyReference = /^\s*\$\{\s*[^\s${}#]+\s*\}\s*$/;

/**
 * Nodes that an XForm has beside those of the form, by the repeat that they are for: `jr:count` takes
 * a path only, so that a count that is computed stands in a hidden node before the repeat. Instances
 * come back with them, and they are no answers.
 */
export function countNodes(model: FormModel): ReadonlyMap<Repeat, readonly string[]> {
  const nodes = new Map<Repeat, readonly string[]>();
  addCountNodes(model.root, nodes);
  return nodes;
}

function addCountNodes(block: Group | Repeat, nodes: Map<Repeat, readonly string[]>): void {
  const taken = new Set(block.children.map((child) => child.name));
  for (const child of block.children) {
    if (child.kind === 'question') continue;
    if (child.kind === 'repeat' && needsNode(child)) {
      const name = freeName(`${child.name}_count`, taken);
      taken.add(name);
      nodes.set(child, [...block.path, name]);
    }
    addCountNodes(child, nodes);
  }
}

function needsNode({ count }: Repeat): boolean {
  return count !== undefined && !onlyReference.test(count.source);
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}

/** Whether the node is kept in the record's metadata, as the log of a filling (`audit`) is. */
export function isInMeta(node: FormNode): boolean {
  return node.kind === 'question' && node.type === 'audit';
}

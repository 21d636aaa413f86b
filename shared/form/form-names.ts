import type { FormNode, Group, Repeat } from './model.ts';

/** Every question, group and repeat below a group, in the form's order. */
export function* nodesOf(block: Group | Repeat): Generator<FormNode> {
  for (const child of block.children) {
    yield child;
    if (child.kind !== 'question') yield* nodesOf(child);
  }
}

/** All nodes by name: a name may stand in several groups, but then no reference may use it. */
export function nodesByName(root: Group): ReadonlyMap<string, readonly FormNode[]> {
  const names = new Map<string, FormNode[]>();
  for (const node of nodesOf(root)) {
    const nodes = names.get(node.name);
    if (nodes === undefined) names.set(node.name, [node]);
    else nodes.push(node);
  }
  return names;
}

import type { Frame } from './code.ts';
import type { InstanceNode } from './instance.ts';

/**
 * The nodes at a path of names from the root, as seen from the context node: of a repeat that the
 * context node stands in, only the instance that it stands in; of any other, all instances. That is
 * XLSForm's reading of `${name}`, and ODK's of absolute paths. Only the first `bound` names narrow
 * it, so that `count(${repeat})` inside the repeat counts all of its instances.
 */
export function nodesAt(
  path: readonly string[],
  bound: number,
  frame: Frame,
): readonly InstanceNode[] {
  const { node, root } = frame.context;
  let [shared, depth] = ancestorOnPath(node, path, bound);
  if (shared === undefined) [shared, depth] = [root, 0];
  let nodes: readonly InstanceNode[] = [shared];
  for (; depth < path.length; depth++) {
    const name = path[depth];
    const [only] = nodes;
    nodes =
      nodes.length === 1 && only !== undefined
        ? only.children(name)
        : nodes.flatMap((one) => one.children(name));
  }
  return nodes;
}

/** The deepest node among `node` and its ancestors that stands on the path, and its depth. */
function ancestorOnPath(
  node: InstanceNode,
  path: readonly string[],
  bound: number,
): [InstanceNode | undefined, number] {
  let depth = 0;
  for (let up = node.parent; up !== undefined; up = up.parent) depth++;
  let cursor: InstanceNode | undefined = node;
  let shared: InstanceNode | undefined;
  let sharedDepth = 0;
  for (; cursor !== undefined; cursor = cursor.parent, depth--) {
    if (depth > bound) continue;
    if (depth > 0 && cursor.name !== path[depth - 1]) shared = undefined;
    else if (shared === undefined) [shared, sharedDepth] = [cursor, depth];
  }
  return [shared, sharedDepth];
}

import type { InstanceNode } from './instance.ts';

/** The nodes without doubles, in the order in which the record holds them. */
export function inDocumentOrder(nodes: readonly InstanceNode[]): readonly InstanceNode[] {
  const distinct = [...new Set(nodes)];
  if (distinct.length < 2) return distinct;
  const ranks = new Map<InstanceNode, Map<InstanceNode, number>>();
  const placed = distinct.map((node) => ({ node, place: placeOf(node, ranks) }));
  placed.sort((a, b) => comparePlaces(a.place, b.place));
  return placed.map(({ node }) => node);
}

/** Ranks among siblings, from the root down. Sibling ranks are counted once per parent. */
function placeOf(
  node: InstanceNode,
  ranks: Map<InstanceNode, Map<InstanceNode, number>>,
): readonly number[] {
  const place: number[] = [];
  for (let at = node, up = at.parent; up !== undefined; at = up, up = at.parent) {
    let siblings = ranks.get(up);
    if (siblings === undefined) {
      siblings = new Map(up.children().map((child, rank) => [child, rank]));
      ranks.set(up, siblings);
    }
    place.unshift(siblings.get(at) ?? 0);
  }
  return place;
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (const [level, rank] of a.entries()) {
    const other = b[level];
    if (other === undefined) return 1;
    if (rank !== other) return rank - other;
  }
  return a.length - b.length;
}

import type { CountTable, SuppressedTable } from './count-table.ts';

/** A hidden count, as an arc along which it flows between two nodes; 0 is the node outside. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Whether it could be one more, or one less, by itself. */
  readonly more: boolean;
  readonly less: boolean;
}

/**
 * The arcs whose count only one value fits, given that at each node but the one outside as much flows in
 * as out. A count can be another one where some circuit leads through it, along which one can be
 * added here and taken away there. (Cox, Network models for complementary cell suppression, 1995.)
 */
export function pinnedArcs<A extends Arc>(arcs: readonly A[]): readonly A[] {
  const byNode = new Map<number, Arc[]>();
  for (const arc of arcs) {
    for (const node of new Set([arc.from, arc.to])) {
      byNode.set(node, [...(byNode.get(node) ?? []), arc]);
    }
  }
  return arcs.filter(
    (arc) =>
      !(arc.more && leads(byNode, arc, arc.to, arc.from)) &&
      !(arc.less && leads(byNode, arc, arc.from, arc.to)),
  );
}

/** Whether one can be passed on from a node to another without the arc `but`: forward adds, backward takes away. */
function leads(
  byNode: ReadonlyMap<number, readonly Arc[]>,
  but: Arc,
  start: number,
  end: number,
): boolean {
  const reached = new Set<number>();
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === end) return true;
    if (reached.has(at)) continue;
    reached.add(at);
    for (const arc of byNode.get(at) ?? []) {
      if (arc === but) continue;
      if (arc.from === at && arc.more) waiting.push(arc.to);
      if (arc.to === at && arc.less) waiting.push(arc.from);
    }
  }
  return false;
}

/** A hidden cell, or a hidden total of a row or a column. */
export interface HiddenCount extends Arc {
  readonly row: number | undefined;
  readonly column: number | undefined;
  readonly count: number;
}

/**
 * The hidden counts of a table that only one value fits, given all that is told and that each is 1 or
 * more: they flow from rows to columns; hidden totals come from, and go to, the node outside.
 */
export function pinnedCounts(table: CountTable, told: SuppressedTable): readonly HiddenCount[] {
  return pinnedArcs(hiddenCounts(table, told));
}

function hiddenCounts(table: CountTable, told: SuppressedTable): readonly HiddenCount[] {
  const rowNode = (row: number): number => 1 + row;
  const columnNode = (column: number): number => 1 + table.rowTotals.length + column;
  const counts: HiddenCount[] = [];
  for (const [row, cells] of told.cells.entries()) {
    for (const [column, count] of cells.entries()) {
      if (count !== null) continue;
      const ends = { from: rowNode(row), to: columnNode(column) };
      counts.push(hidden({ row, column, count: table.cells[row]?.[column] ?? 0, ...ends }));
    }
  }
  for (const [row, count] of told.rowTotals.entries()) {
    if (count !== null) continue;
    const ends = { column: undefined, from: 0, to: rowNode(row) };
    counts.push(hidden({ row, count: table.rowTotals[row] ?? 0, ...ends }));
  }
  for (const [column, count] of told.columnTotals.entries()) {
    if (count !== null) continue;
    const ends = { row: undefined, from: columnNode(column), to: 0 };
    counts.push(hidden({ column, count: table.columnTotals[column] ?? 0, ...ends }));
  }
  return counts;
}

function hidden(count: Omit<HiddenCount, 'more' | 'less'>): HiddenCount {
  return { ...count, more: true, less: count.count > 1 };
}

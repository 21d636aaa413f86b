/** Counts by row and column, with the totals of both. */
export interface CountTable {
  readonly cells: readonly (readonly number[])[];
  readonly rowTotals: readonly number[];
  readonly columnTotals: readonly number[];
}

/** The same with null for what must not be told. */
export interface SuppressedTable {
  readonly cells: readonly (readonly (number | null)[])[];
  readonly rowTotals: readonly (number | null)[];
  readonly columnTotals: readonly (number | null)[];
}

/** One row or column: its cells as [row, column], and its total. */
interface Line {
  readonly cells: readonly (readonly [row: number, column: number])[];
  readonly totals: (number | null)[];
  readonly index: number;
}

/**
 * Hides counts from 1 to k − 1, and as many others as it takes that none can be derived: in a line
 * whose total is told, hidden cells are at least two and their sum leaves them open (two that sum to
 * two would be one each). Where no other cell can be hidden, the total is. Zero is told: nothing is
 * what the table is there to show.
 */
export function suppressCounts(table: CountTable, k: number): SuppressedTable {
  const small = (count: number): boolean => count > 0 && count < k;
  const cells = table.cells.map((row) => row.map((count) => (small(count) ? null : count)));
  const rowTotals = table.rowTotals.map((count) => (small(count) ? null : count));
  const columnTotals = table.columnTotals.map((count) => (small(count) ? null : count));
  const lines: Line[] = [
    ...cells.map((row, index) => ({
      cells: row.map((_, column) => [index, column] as const),
      totals: rowTotals,
      index,
    })),
    ...columnTotals.map((_, index) => ({
      cells: cells.map((__, row) => [row, index] as const),
      totals: columnTotals,
      index,
    })),
  ];
  const countAt = (row: number, column: number): number => table.cells[row]?.[column] ?? 0;
  // Each round hides one more count, so this ends.
  while (lines.some((line) => protect(line, cells, countAt))) continue;
  return { cells, rowTotals, columnTotals };
}

/** Hides one more count if the line needs it. */
function protect(
  { cells: places, totals, index }: Line,
  cells: (number | null)[][],
  countAt: (row: number, column: number) => number,
): boolean {
  if (totals[index] === null) return false;
  const hidden = places.filter(([row, column]) => cells[row]?.[column] === null);
  const sum = hidden.reduce((total, [row, column]) => total + countAt(row, column), 0);
  if (hidden.length === 0 || (hidden.length > 1 && sum > hidden.length)) return false;
  const [least] = places
    .filter(([row, column]) => (cells[row]?.[column] ?? 0) > 0)
    .sort((one, other) => countAt(...one) - countAt(...other));
  const row = least === undefined ? undefined : cells[least[0]];
  if (least === undefined || row === undefined) totals[index] = null;
  else row[least[1]] = null;
  return true;
}

import { pinnedCounts, type HiddenCount } from './count-circuits.ts';
import type { CountTable, SuppressedTable } from './count-table.ts';

/** One row or column: its cells as [row, column], and its total. */
interface Line {
  readonly cells: readonly (readonly [row: number, column: number])[];
  readonly totals: (number | null)[];
  readonly index: number;
}

/**
 * Hides counts from 1 to k − 1, and as many others as it takes that none can be derived: in a line
 * whose total is told, hidden cells are at least two and their sum leaves them open (two that sum to
 * two would be one each), and over the whole table no small count has only one value that fits all that
 * is told. Where no other cell can be hidden, the total is. Zero is told: nothing is what the table is
 * there to show.
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
  for (;;) {
    while (lines.some((line) => protect(line, cells, countAt))) continue;
    const shown = { cells, rowTotals, columnTotals };
    const found = pinnedCounts(table, shown).find(({ count }) => small(count));
    if (found === undefined) return shown;
    const line = crossing(found, lines, cells).find(
      (candidate) => hideOne(candidate, cells, countAt) || hideTotal(candidate),
    );
    // All is hidden that could be: what is left open is nothing.
    if (line === undefined) return shown;
  }
}

/** The lines in which hiding more helps a hidden count: a cell's own; those that cross a total's. */
function crossing(
  { row, column }: HiddenCount,
  lines: readonly Line[],
  cells: readonly (readonly (number | null)[])[],
): readonly Line[] {
  const [rows, columns] = [lines.slice(0, cells.length), lines.slice(cells.length)];
  const isHidden = (r: number, c: number): boolean => cells[r]?.[c] === null;
  if (row === undefined) return rows.filter((_, index) => isHidden(index, column ?? 0));
  if (column === undefined) return columns.filter((_, index) => isHidden(row, index));
  return [...rows.slice(row, row + 1), ...columns.slice(column, column + 1)];
}

/** Hides one more count if the line needs it. */
function protect(
  line: Line,
  cells: (number | null)[][],
  countAt: (row: number, column: number) => number,
): boolean {
  const { cells: places, totals, index } = line;
  if (totals[index] === null) return false;
  const hidden = places.filter(([row, column]) => cells[row]?.[column] === null);
  const sum = hidden.reduce((total, [row, column]) => total + countAt(row, column), 0);
  if (hidden.length === 0 || (hidden.length > 1 && sum > hidden.length)) return false;
  return hideOne(line, cells, countAt) || hideTotal(line);
}

/** Hides the smallest count of a line that is told and not 0, if there is one. */
function hideOne(
  { cells: places }: Line,
  cells: (number | null)[][],
  countAt: (row: number, column: number) => number,
): boolean {
  const [least] = places
    .filter(([row, column]) => (cells[row]?.[column] ?? 0) > 0)
    .sort((one, other) => countAt(...one) - countAt(...other));
  const row = least === undefined ? undefined : cells[least[0]];
  if (least === undefined || row === undefined) return false;
  row[least[1]] = null;
  return true;
}

function hideTotal({ totals, index }: Line): boolean {
  if ((totals[index] ?? 0) === 0) return false;
  totals[index] = null;
  return true;
}

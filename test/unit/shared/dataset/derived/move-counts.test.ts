import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeptCounts } from '../../../../../shared/dataset/derived/kept-counts.ts';
import { moveCounts, type NamedCounts } from '../../../../../shared/dataset/derived/move-counts.ts';

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/** Records of one theme and one région each. */
function counts(cells: readonly (readonly number[])[]): NamedCounts {
  const columns = cells[0]?.map((_, index) => cells.map((row) => row[index] ?? 0)) ?? [];
  return {
    cells,
    rowTotals: cells.map(sum),
    columnTotals: columns.map(sum),
    themes: cells.map((_, index) => `t${index}`),
    regions: columns.map((_, index) => `r${index}`),
  };
}

/** Every version of what is shown of these tables, one after the other. */
function versions(k: number, tables: readonly NamedCounts[]): readonly KeptCounts[] {
  let before: KeptCounts | undefined;
  return tables.map((table) => (before = moveCounts(table, k, before)));
}

const shownCells = ({ cells }: KeptCounts) => cells.map((row) => row.map(({ shown }) => shown));
const shownTotals = (totals: KeptCounts['themeTotals']) => totals.map(({ shown }) => shown);

describe('counts that the public saw before', () => {
  it('move by k or more, and are held back until they have', () => {
    const [, held, moved] = versions(5, [
      counts([[10, 20]]),
      counts([[14, 20]]),
      counts([[15, 20]]),
    ]);
    expect(held && shownCells(held)).toEqual([[10, 20]]);
    expect(held && shownTotals(held.themeTotals)).toEqual([30]);
    expect(moved && shownCells(moved)).toEqual([[15, 20]]);
    expect(moved && shownTotals(moved.themeTotals)).toEqual([35]);
  });

  it('do not tell by a total what is held back', () => {
    const [, later] = versions(5, [counts([[10, 20, 30]]), counts([[16, 22, 31]])]);
    expect(later && shownTotals(later.themeTotals)).toEqual([66]);
  });

  it('say that there is someone where there was nobody, not how many', () => {
    const [, later] = versions(5, [counts([[0, 20]]), counts([[2, 20]])]);
    expect(later && shownCells(later)).toEqual([[null, 20]]);
    expect(later && shownTotals(later.themeTotals)).toEqual([20]);
  });

  it('say that there is nobody any more', () => {
    const [, later] = versions(5, [
      counts([
        [2, 3, 20],
        [20, 20, 20],
        [20, 20, 20],
      ]),
      counts([
        [0, 3, 20],
        [20, 20, 20],
        [20, 20, 20],
      ]),
    ]);
    expect(later && shownCells(later)[0]?.[0]).toBe(0);
    // 3 would be what is left of the total.
    expect(later && shownTotals(later.themeTotals)[0]).toBeNull();
  });

  it('do not tell a total from which, with an earlier one, a hidden count would follow', () => {
    const wide = (cells: readonly number[]) => counts([cells, [20, 20, 20, 20, 20, 20]]);
    const shown = versions(5, [
      wide([2, 3, 4, 2, 20, 20]),
      wide([12, 3, 4, 2, 20, 20]),
      wide([12, 13, 4, 2, 20, 20]),
      wide([12, 13, 0, 0, 20, 20]),
    ]);
    // 61 would tell that the 12 were 2 before; 65, that nobody is hidden any more, tells nothing.
    expect(shown.map(({ themeTotals }) => themeTotals[0]?.shown)).toEqual([51, null, null, 65]);
  });

  it('are right again for records that count in several cells, once that is by k', () => {
    const table = (cells: readonly number[], total: number): NamedCounts => ({
      ...counts([cells]),
      rowTotals: [total],
    });
    const [, later, last] = versions(5, [
      table([20, 20, 20], 20),
      table([26, 26, 20], 26),
      table([26, 26, 26], 26),
    ]);
    expect(later && shownTotals(later.themeTotals)).toEqual([32]);
    expect(last && shownTotals(last.themeTotals)[0]).toBeGreaterThanOrEqual(26);
  });

  it('know themes and régions by their codes', () => {
    const [first] = versions(5, [counts([[10, 20]])]);
    const swapped = { ...counts([[20, 10, 3]]), regions: ['r1', 'r0', 'new'] };
    const next = moveCounts(swapped, 5, first);
    expect(shownCells(next)).toEqual([[20, 10, null]]);
  });

  it('stay what they are when nothing has changed', () => {
    const table = counts([
      [1, 9, 0],
      [4, 30, 7],
    ]);
    const [first, second] = versions(5, [table, table]);
    expect(second && shownCells(second)).toEqual(first && shownCells(first));
    expect(second?.themeTotals).toEqual(first?.themeTotals);
    expect(second?.regionTotals).toEqual(first?.regionTotals);
  });
});

/** A value that was hidden: what it was, and what its cell showed right before and after. */
interface Hidden {
  readonly value: number;
  before?: number | null;
  after?: number | null;
}

/** What who kept all versions knows: the hidden values, and which of them make up what is left of totals. */
function attack(shown: readonly KeptCounts[]) {
  const hidden = new Map<number, Hidden>();
  const sums: number[][] = [];
  const last = new Map<string, KeptCounts['cells'][number][number]>();
  for (const { cells, themeTotals, regionTotals } of shown) {
    for (const [row, line] of cells.entries()) {
      for (const [column, cell] of line.entries()) {
        const old = last.get(`${row} ${column}`);
        if (cell.secret !== 0 && !hidden.has(cell.secret)) {
          hidden.set(cell.secret, {
            value: cell.value,
            ...(old !== undefined && { before: old.shown }),
          });
        }
        const left = old === undefined ? undefined : hidden.get(old.secret);
        if (left !== undefined && old?.secret !== cell.secret) left.after = cell.shown;
        last.set(`${row} ${column}`, cell);
      }
    }
    const add = (total: { shown: number | null } | undefined, secrets: number[]): void => {
      const left = secrets.filter((secret) => secret !== 0);
      if (typeof total?.shown === 'number' && left.length > 0) sums.push(left);
    };
    for (const [row, line] of cells.entries()) {
      add(
        themeTotals[row],
        line.map(({ secret }) => secret),
      );
    }
    for (const column of cells[0]?.keys() ?? []) {
      add(
        regionTotals[column],
        cells.map((line) => line[column]?.secret ?? 0),
      );
    }
  }
  return { hidden, sums };
}

/** True if the value could be one more or less, others with it, and all that was ever told be the same. */
function isOpen(target: number, k: number, { hidden, sums }: ReturnType<typeof attack>): boolean {
  const ids = [target, ...[...hidden.keys()].filter((id) => id !== target)];
  const change = new Map<number, number>();
  const fits = (id: number, by: number): boolean => {
    const { value, before, after } = hidden.get(id) ?? { value: 0 };
    if (value + by < 1) return false;
    // It is known that what was told moves by k, except to 0.
    return [before, after].every(
      (told) => typeof told !== 'number' || told === 0 || Math.abs(told - value - by) >= k,
    );
  };
  const holds = (): boolean =>
    sums.every((line) => {
      const known = line.map((id) => change.get(id));
      const open = known.filter((by) => by === undefined).length;
      return Math.abs(sum(known.map((by) => by ?? 0))) <= open;
    });
  const search = (index: number): boolean => {
    const id = ids[index];
    if (id === undefined) return true;
    for (const by of index === 0 ? [1, -1] : [0, 1, -1]) {
      if (by !== 0 && !fits(id, by)) continue;
      change.set(id, by);
      if (holds() && search(index + 1)) return true;
      change.delete(id);
    }
    return false;
  };
  return search(0);
}

describe('who keeps every version and subtracts', () => {
  const tables = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 3 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(
          fc.array(fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 25 })), {
            minLength: columns,
            maxLength: columns,
          }),
          { minLength: rows, maxLength: rows },
        ),
        { minLength: 1, maxLength: 4 },
      ),
    );

  it('learns no count from 1 to k − 1, whatever is told beside it', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 3, max: 6 }), (sequence, k) => {
        const shown = versions(k, sequence.map(counts));
        for (const version of shown) {
          for (const { shown: count } of [
            ...version.cells.flat(),
            ...version.themeTotals,
            ...version.regionTotals,
          ]) {
            expect(count === null || count === 0 || count >= k).toBe(true);
          }
        }
        const known = attack(shown);
        for (const [id, { value }] of known.hidden) {
          if (value < k) expect(isOpen(id, k, known)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('learns no change of fewer than k records', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 3, max: 6 }), (sequence, k) => {
        const shown = versions(k, sequence.map(counts));
        for (const [index, next] of shown.entries()) {
          const before = shown[index - 1];
          if (before === undefined) continue;
          for (const [row, line] of next.cells.entries()) {
            let [byCells, most] = [0, 0];
            let allTold = true;
            for (const [column, { shown: now }] of line.entries()) {
              const old = before.cells[row]?.[column]?.shown ?? null;
              const change = now === null || old === null ? undefined : now - old;
              if (change === undefined) allTold = false;
              else expect(change === 0 || Math.abs(change) >= k).toBe(true);
              byCells += change ?? 0;
              most = Math.max(most, now ?? 0);
            }
            const [now, old] = [next.themeTotals[row]?.shown, before.themeTotals[row]?.shown];
            if (typeof now !== 'number' || typeof old !== 'number' || !allTold) continue;
            // No total is less than one of its cells.
            const unexplained = Math.abs(now - Math.max(old + byCells, most));
            expect(unexplained === 0 || unexplained >= k).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

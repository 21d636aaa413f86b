import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suppressCounts } from '../../../../shared/dataset/derived/suppress-counts.ts';

function tableOf(cells: readonly (readonly number[])[]) {
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  const columns = cells[0]?.map((_, index) => cells.map((row) => row[index] ?? 0)) ?? [];
  return { cells, rowTotals: cells.map(sum), columnTotals: columns.map(sum) };
}

describe('small counts', () => {
  it('are hidden, zero and large ones are not', () => {
    const { cells } = suppressCounts(
      tableOf([
        [0, 4, 4, 9],
        [0, 3, 2, 9],
        [7, 8, 8, 9],
      ]),
      5,
    );
    expect(cells).toEqual([
      [0, null, null, 9],
      [0, null, null, 9],
      [7, 8, 8, 9],
    ]);
  });

  it('take another one with them, or the total, when they stand alone', () => {
    const found = suppressCounts(
      tableOf([
        [4, 9, 20],
        [6, 7, 30],
        [0, 0, 40],
      ]),
      5,
    );
    expect(found.cells).toEqual([
      [null, null, 20],
      [null, null, 30],
      [0, 0, 40],
    ]);
    expect(
      suppressCounts(
        tableOf([
          [3, 0],
          [9, 0],
        ]),
        5,
      ),
    ).toMatchObject({
      cells: [
        [null, 0],
        [null, 0],
      ],
      rowTotals: [null, null],
    });
  });

  it('cannot be derived when they are all ones', () => {
    const { cells, rowTotals } = suppressCounts(
      tableOf([
        [1, 1, 9],
        [9, 9, 9],
        [9, 9, 9],
      ]),
      5,
    );
    expect(cells[0]).toEqual([null, null, null]);
    expect(rowTotals[0]).toBe(11);
  });

  it('in no table can be found by subtracting what is told from a total', () => {
    const counts = fc.array(fc.array(fc.nat({ max: 12 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 6 }), (cells, k) => {
        const found = suppressCounts(tableOf(cells), k);
        const lines = [
          ...found.cells.map((row, index) => [row, found.rowTotals[index]] as const),
          ...found.columnTotals.map(
            (total, index) => [found.cells.map((row) => row[index] ?? null), total] as const,
          ),
        ];
        for (const [line, total] of lines) {
          for (const count of line)
            if (count !== null) expect(count === 0 || count >= k).toBe(true);
          if (total === null || total === undefined) continue;
          const hidden = line.filter((count) => count === null).length;
          const left = total - line.reduce((sum: number, count) => sum + (count ?? 0), 0);
          if (hidden > 0) expect(hidden > 1 && left > hidden).toBe(true);
        }
      }),
    );
  });

  it('stay as they are when nothing is to be protected', () => {
    const table = tableOf([
      [1, 2],
      [3, 4],
    ]);
    expect(suppressCounts(table, 0)).toEqual(table);
  });
});

import type { CombinationTable, Entry } from './combination-table.ts';
import { without, type Cells } from './combination.ts';
import type { Choice } from './next-levels.ts';
import type { Histogram, Risk } from './risk.ts';

/** What is known of the risk once it is decided what is shown of whom. `rows` are the public records. */
export function riskReport(
  { combinations, entries, overflow }: CombinationTable,
  { levels, revealed, withheld }: Choice,
  { k, rows }: { readonly k: number; readonly rows: number },
): Omit<Risk, 'blocked'> {
  const { identifiers } = combinations;
  const before = classSizes(entries, ({ cells }) => cells);
  const uniques = uniquesOf(before);
  const after = new Map<string, number>();
  for (const [{ count }, { name }] of revealed) after.set(name, (after.get(name) ?? 0) + count);
  const drivers = identifiers.map(({ name }, index) => ({
    question: name,
    uniques: uniques - uniquesOf(classSizes(entries, ({ cells }) => without(cells, index))),
  }));
  return {
    k,
    rows,
    quasiIdentifiers: identifiers.map(({ name }) => name),
    levels: Object.fromEntries(
      identifiers.flatMap(({ name, ladder }, index) => {
        const rung = ladder[levels[index] ?? 0];
        return rung === undefined ? [] : [[name, rung.done]];
      }),
    ),
    sampleUniques: uniques + overflow,
    before: histogramOf([...before, ...Array.from({ length: overflow }, () => 1)]),
    after: histogramOf(after.values()),
    suppressed: withheld,
    suppressedShare: rows === 0 ? 0 : withheld / rows,
    drivers: drivers.toSorted((one, other) => other.uniques - one.uniques),
  };
}

function classSizes(entries: readonly Entry[], of: (entry: Entry) => Cells): readonly number[] {
  const sizes = new Map<string, number>();
  for (const entry of entries) {
    const key = JSON.stringify(of(entry));
    sizes.set(key, (sizes.get(key) ?? 0) + entry.count);
  }
  return [...sizes.values()];
}

function uniquesOf(sizes: readonly number[]): number {
  return sizes.filter((size) => size === 1).length;
}

function histogramOf(sizes: Iterable<number>): Histogram {
  const histogram = { '1': 0, '2': 0, '3-4': 0, '5-9': 0, '10+': 0 };
  for (const size of sizes) {
    if (size === 1) histogram['1'] += size;
    else if (size === 2) histogram['2'] += size;
    else if (size < 5) histogram['3-4'] += size;
    else if (size < 10) histogram['5-9'] += size;
    else histogram['10+'] += size;
  }
  return histogram;
}

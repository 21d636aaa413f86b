import { type Aim, lossesOf, type Choice } from './choose-levels.ts';
import { without, type Cells, type Levels } from './quasi-identifiers.ts';
import type { Entry, EquivalenceClasses } from './equivalence-classes.ts';
import type { Sensitive } from '../rows/identifiers.ts';
import type { Histogram, Risk } from '../versions/disclosure-risk.ts';

/** What is known of the risk once it is decided who is published. */
export function riskReport(
  classes: EquivalenceClasses,
  { levels, published, suppressed, loss }: Choice,
  { k, total, maxRisk }: Aim,
  sensitives: readonly Sensitive[],
): Omit<Risk, 'blocked'> {
  const { quasiIdentifiers, entries, overflow } = classes;
  const { identifiers } = quasiIdentifiers;
  const before = [
    ...sizesBy(entries, ({ cells }) => JSON.stringify(cells)),
    ...Array.from({ length: overflow }, () => 1),
  ];
  const uniques = uniquesOf(before);
  const after = sizesBy(
    [...published.keys()],
    (entry) => `${published.get(entry) ?? ''} ${entry.history}`,
  );
  const drivers = identifiers.map(({ name }, index) => ({
    question: name,
    uniques:
      uniques - overflow - uniquesOf(sizesBy(entries, ({ cells }) => withoutOne(cells, index))),
  }));
  const losses = lossesOf(quasiIdentifiers, entries);
  const labelOf = (index: number) => identifiers[index]?.hierarchy[levels[index] ?? 0]?.label;
  return {
    k,
    rows: total,
    quasiIdentifiers: identifiers.map(({ name }) => name),
    levels: Object.fromEntries(
      identifiers.flatMap(({ name }, index) => {
        const label = labelOf(index);
        return label === undefined ? [] : [[name, label]];
      }),
    ),
    sampleUniques: uniques,
    before: histogramOf(before),
    after: histogramOf(after),
    suppressed,
    suppressedShare: total === 0 ? 0 : suppressed / total,
    drivers: drivers.toSorted((one, other) => other.uniques - one.uniques),
    globalRisk: { before: globalRisk(before), after: globalRisk(after), max: maxRisk },
    informationLoss: loss,
    identifiers: identifiers.flatMap(({ name, reason, importance }, index) => {
      const level = labelOf(index);
      if (level === undefined) return [];
      const exact = levels.with(index, 0);
      return [
        {
          question: name,
          reason,
          importance,
          level,
          loss: losses[index]?.[levels[index] ?? 0] ?? 0,
          suppressedIfExact: total - publishedAt(classes, exact),
        },
      ];
    }),
    sensitive: sensitives.map(({ name, l }, index) => ({
      question: name,
      l,
      homogeneous: {
        before: homogeneous(classes, entries, index, ({ cells }) => JSON.stringify(cells)),
        after: homogeneous(
          classes,
          [...published.keys()],
          index,
          (entry) => `${published.get(entry) ?? ''} ${entry.history}`,
        ),
      },
    })),
  };
}

/**
 * The mean of 1 / (size of the class) over the records, 0 to 1; 0 without records. Each class adds up
 * to 1, so that it is the number of classes over the number of records.
 */
export function globalRisk(sizes: readonly number[]): number {
  const records = sizes.reduce((sum, size) => sum + size, 0);
  return records === 0 ? 0 : sizes.length / records;
}

function withoutOne(cells: Cells, index: number): string {
  return JSON.stringify(without(cells, index));
}

function sizesBy(entries: readonly Entry[], keyOf: (entry: Entry) => string): readonly number[] {
  return [...Map.groupBy(entries, keyOf).values()].map(countOf);
}

function countOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { count }) => sum + count, 0);
}

/** Records in classes that can be published at these levels, whatever was before. */
function publishedAt(classes: EquivalenceClasses, levels: Levels): number {
  const { quasiIdentifiers, entries } = classes;
  const alike = Map.groupBy(entries, ({ cells }) =>
    JSON.stringify(quasiIdentifiers.generalised(cells, levels)),
  );
  return countOf([...alike.values()].filter((group) => classes.areEnough(group)).flat());
}

/** Records in classes in which one sensitive question's answers do not differ enough. */
function homogeneous(
  classes: EquivalenceClasses,
  entries: readonly Entry[],
  question: number,
  keyOf: (entry: Entry) => string,
): number {
  const alike = [...Map.groupBy(entries, keyOf).values()];
  return countOf(alike.filter((group) => !classes.diversityOf(group).isDiverseIn(question)).flat());
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

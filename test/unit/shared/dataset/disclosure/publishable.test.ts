import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseLevels,
  lossAt,
  lossesOf,
  wholeLoss,
} from '../../../../../shared/dataset/disclosure/choose-levels.ts';
import {
  QuasiIdentifiers,
  type Levels,
} from '../../../../../shared/dataset/disclosure/quasi-identifiers.ts';
import {
  EquivalenceClasses,
  type Entry,
} from '../../../../../shared/dataset/disclosure/equivalence-classes.ts';
import { identifiersOf } from '../../../../../shared/dataset/rows/identifiers.ts';
import { publishable } from '../../../../../shared/dataset/disclosure/publishable.ts';
import { layoutOf } from '../../../../../shared/dataset/rows/layout.ts';
import { modelOf } from '../../../../support/form-source.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes' };
const model = modelOf({
  survey: [
    { type: 'integer', name: 'age', importance: 5, ...marked },
    { type: 'select_one zones', name: 'zone', ...marked },
    { type: 'date', name: 'since', ...marked },
  ],
  choices: [
    ...['R1', 'R2'].map((name) => ({ list_name: 'regions', name })),
    ...['R1A', 'R1B', 'R2A'].map((name) => ({
      list_name: 'zones',
      name,
      regions: name.slice(0, 2),
    })),
  ],
});
const quasiIdentifiers = new QuasiIdentifiers(identifiersOf(layoutOf([model]), [model]));
const names = quasiIdentifiers.identifiers.map(({ name }) => name);
const lattice = quasiIdentifiers.identifiers.reduce<readonly Levels[]>(
  (found, { hierarchy }) =>
    found.flatMap((levels) => hierarchy.map((_, level): Levels => [...levels, level])),
  [[]],
);

const record = fc.record({
  age: fc.integer({ min: 18, max: 60 }),
  zone: fc.constantFrom('R1A', 'R1B', 'R2A'),
  since: fc.constantFrom('2024-01-05', '2024-02-10', '2023-07-01'),
  history: fc.constantFrom('', 'one', 'two'),
  isPublished: fc.boolean(),
  k: fc.constantFrom(2, 3),
  said: fc.constantFrom('x', 'y'),
});
type Made = typeof record extends fc.Arbitrary<infer T> ? T : never;

const classesOf = (records: readonly Made[]): EquivalenceClasses => {
  const classes = new EquivalenceClasses(quasiIdentifiers, [2]);
  for (const { age, zone, since, history, isPublished, k, said } of records) {
    const tokens: Record<string, string> = {
      age: String(age),
      zone: JSON.stringify(zone),
      since: JSON.stringify(since),
      form_version: JSON.stringify(['1', '']),
    };
    const cells = {
      tokens: names.map((name, index) => [index, tokens[name] ?? ''] as const),
      repeats: [],
    };
    classes.add({ cells, history, isPublished: isPublished && history !== '', k }, [[said]]);
  }
  return classes;
};

const size = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { count }) => sum + count, 0);
/** Two answers to the sensitive question, and as many records as each of them wants. */
const isEnough = (classes: EquivalenceClasses, entries: readonly Entry[], least = 1): boolean =>
  size(entries) >= Math.max(least, ...entries.map(({ k }) => k)) &&
  classes.diversityOf(entries).isDiverse;

describe('what may be published at some levels', () => {
  const levels = fc.constantFrom(...lattice);

  it('is k of a class that the public has always seen alike, whose answers differ', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), levels, (records, at) => {
        const classes = classesOf(records);
        const published = publishable(classes, at);
        const groups = Map.groupBy(
          published.keys(),
          (entry) => `${published.get(entry) ?? ''} ${entry.history}`,
        );
        for (const group of groups.values()) expect(isEnough(classes, group)).toBe(true);
        // Nor does the name of a class say less than what the public reads.
        for (const [entry, name] of published) {
          const cells = quasiIdentifiers.generalised(entry.cells, at);
          expect(name).toBe(quasiIdentifiers.nameOf(cells, at));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out none or enough of those that have been published alike, or all', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), levels, (records, at) => {
        const classes = classesOf(records);
        const published = publishable(classes, at);
        const before = classes.entries.filter(({ isPublished }) => isPublished);
        for (const alike of Map.groupBy(before, ({ history }) => history).values()) {
          const out = alike.filter((entry) => !published.has(entry));
          const isFine = out.length === 0 || out.length === alike.length || isEnough(classes, out);
          expect(isFine).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is all of a class that is enough, of those whom the public has not seen', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), levels, (records, at) => {
        const classes = classesOf(records.map((one) => ({ ...one, history: '', k: 3 })));
        const published = publishable(classes, at);
        const groups = Map.groupBy(classes.entries, ({ cells }) =>
          JSON.stringify(quasiIdentifiers.generalised(cells, at)),
        );
        for (const group of groups.values())
          expect(group.every((entry) => published.has(entry))).toBe(isEnough(classes, group));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the levels that are chosen', () => {
  it('lose least of all that there are', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(0.2, 1),
        (records, maxSuppressed) => {
          const classes = classesOf(records);
          const aim = { k: 3, total: records.length, maxRisk: 1 / 3, maxSuppressed };
          const losses = lossesOf(quasiIdentifiers, classes.entries);
          const lostAt = (levels: Levels): number => {
            const groups = Map.groupBy(classes.entries, ({ cells }) =>
              JSON.stringify(quasiIdentifiers.generalised(cells, levels)),
            );
            const fit = [...groups.values()].filter((group) => isEnough(classes, group, 3));
            const out = 1 - size(fit.flat()) / aim.total;
            const isFit = out <= maxSuppressed && fit.length <= aim.maxRisk * size(fit.flat());
            return wholeLoss(lossAt(quasiIdentifiers, losses, levels), out) + (isFit ? 0 : 1);
          };
          const least = Math.min(...lattice.map(lostAt));
          expect(lostAt(chooseLevels(classes, aim))).toBeCloseTo(least, 5);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('lose more the higher they are', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), (records) => {
        for (const lost of lossesOf(quasiIdentifiers, classesOf(records).entries))
          expect(lost).toEqual(lost.toSorted((one, other) => one - other));
      }),
    );
  });
});

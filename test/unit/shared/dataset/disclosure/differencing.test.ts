import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import type { SubmissionState } from '../../../../../shared/submission/submission.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { VersionSeries, type SeenVersion } from '../../../../support/version-series.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes', review_text: 'yes' };
const questions: readonly JsonObject[] = [
  { type: 'integer', name: 'age', label: 'Âge', ...marked },
  { type: 'select_one departements', name: 'zone', label: 'Zone', ...marked },
  { type: 'date', name: 'since', label: 'Depuis', ...marked },
  { type: 'text', name: 'trade', label: 'Métier', ...marked },
];

const form = (names: readonly string[], inRepeat: readonly string[], k: number) => {
  const rows = (wanted: readonly string[]) =>
    questions.filter(({ name }) => typeof name === 'string' && wanted.includes(name));
  const repeat = [
    { type: 'begin_repeat', name: 'r', label: 'R' },
    ...rows(inRepeat),
    { type: 'end_repeat' },
  ];
  return {
    survey: [
      { type: 'integer', name: 'n', label: 'N', visibility: 'public' },
      ...rows(names),
      ...(inRepeat.length > 0 ? repeat : []),
    ],
    choices: [
      { list_name: 'regions', name: 'R1', label: 'R1' },
      { list_name: 'regions', name: 'R2', label: 'R2' },
      ...['R1A', 'R1B', 'R2A', 'R2B'].map((name) => ({
        ...{ list_name: 'departements', name, label: name, regions: name.slice(0, 2) },
      })),
    ],
    settings: { form_title: 'F', version: '1', k },
  };
};

/** What a reader sees of the quasi-identifiers of a record: '' if nothing. */
const shownOf = ({ answers }: JsonObject): string => {
  const told = JSON.stringify({ ...(answers as JsonObject), n: undefined });
  return /^\{("r":\[[{},]*\])?\}$/.test(told) ? '' : told;
};

const groupsOf = (version: SeenVersion, of: (id: string) => string): Map<string, number> => {
  const groups = new Map<string, number>();
  for (const id of version.records.keys()) {
    const group = of(id);
    if (group !== '') groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return groups;
};

const person = fc.record({
  age: fc.integer({ min: 20, max: 45 }),
  zone: fc.constantFrom('R1A', 'R1B', 'R2A', 'R2B'),
  since: fc.constantFrom('2024-01-05', '2024-02-10', '2023-07-01'),
  trade: fc.constantFrom('nurse', 'teacher', 'farmer'),
});
const act = fc.record({
  who: fc.integer({ min: 0, max: 30 }),
  what: fc.constantFrom('put', 'put', 'put', 'withdraw', 'reject'),
  person,
});
const series = fc.record({
  names: fc.subarray(['age', 'zone', 'since', 'trade'], { minLength: 1, maxLength: 3 }),
  nested: fc.boolean(),
  k: fc.integer({ min: 2, max: 5 }),
  versions: fc.array(fc.array(act, { minLength: 1, maxLength: 25 }), {
    minLength: 2,
    maxLength: 5,
  }),
});

describe('two versions, one after the other', () => {
  it('differ in what they tell of at least k records, or of none', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(series, async ({ names, nested, k, versions }) => {
        const world = new DatasetWorld();
        const inRepeat = nested ? names.slice(1) : [];
        const outside = nested ? names.slice(0, 1) : names;
        await world.publishForm('f', form(outside, inRepeat, k));
        const made = new VersionSeries(world, 'f');
        const revisions = new Map<number, number>();
        let before: SeenVersion | undefined;
        for (const acts of versions) {
          world.wait(300);
          for (const { who, what, person } of acts) {
            const revision = (revisions.get(who) ?? 0) + 1;
            revisions.set(who, revision);
            const pick = (of: readonly string[]) =>
              Object.fromEntries(Object.entries(person).filter(([name]) => of.includes(name)));
            const answers = {
              ...{ n: who, ...pick(outside) },
              ...(nested ? { r: [pick(inRepeat)] } : {}),
            };
            const state =
              what === 'put' ? 'accepted' : what === 'reject' ? 'rejected' : 'withdrawn';
            await world.put('f', `instance-${who}`, answers, { revision, state });
          }
          const now = await made.make();
          const shown = (version: SeenVersion | undefined, id: string): string =>
            shownOf(version?.records.get(id) ?? { answers: {} });
          const alike = groupsOf(now, (id) => shown(now, id));
          const news = groupsOf(now, (id) => {
            const [was, is] = [shown(before, id), shown(now, id)];
            return is === '' || was === is ? '' : `${was} → ${is}`;
          });
          for (const [, size] of [...alike, ...news]) {
            expect(size).toBeGreaterThanOrEqual(k);
            told += 1;
          }
          before = now;
          // Once more, to repair it, is the same.
          expect((await made.make({ again: true })).records).toEqual(now.records);
        }
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(50);
  });
});

const choices = ['a', 'b', 'c'];
const move = fc.record({
  who: fc.integer({ min: 0, max: 11 }),
  kind: fc.constantFrom(...choices),
  state: fc.constantFrom<SubmissionState[]>('accepted', 'accepted', 'accepted', 'rejected'),
});

describe('any two versions', () => {
  it('tell something new of at least k records of which the same was told before', async () => {
    const definition = (k: number) => ({
      survey: [{ type: 'select_one l', name: 'kind', label: 'K', ...marked }],
      choices: choices.map((name) => ({ list_name: 'l', name, label: name })),
      settings: { form_title: 'F', version: '1', k },
    });
    const moves = fc.array(fc.array(move, { minLength: 1, maxLength: 12 }), {
      minLength: 4,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 3 }), moves, async (k, versions) => {
        const world = new DatasetWorld();
        await world.publishForm('f', definition(k));
        const made = new VersionSeries(world, 'f');
        const toldLast = new Map<string, string>();
        let before: SeenVersion | undefined;
        let revision = 0;
        for (const acts of versions) {
          world.wait(300);
          for (const { who, kind, state } of acts) {
            revision += 1;
            await world.put('f', `instance-${who}`, { kind }, { revision, state });
          }
          const now = await made.make();
          const shown = (version: SeenVersion | undefined, id: string): string =>
            shownOf(version?.records.get(id) ?? { answers: {} });
          const since = (told: (id: string) => string) =>
            groupsOf(now, (id) => {
              const [was, is] = [told(id), shown(now, id)];
              return is === '' || was === is ? '' : `${was} → ${is}`;
            });
          const groups = [since((id) => shown(before, id)), since((id) => toldLast.get(id) ?? '')];
          for (const [, size] of groups.flatMap((group) => [...group])) {
            expect(size).toBeGreaterThanOrEqual(k);
          }
          for (const id of now.records.keys()) {
            if (shown(now, id) !== '') toldLast.set(id, shown(now, id));
          }
          before = now;
        }
      }),
      { numRuns: 100 },
    );
  });
});

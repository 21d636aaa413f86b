import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { Trajectories } from '../../../../support/trajectories.ts';
import { VersionSeries } from '../../../../support/version-series.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes', review_text: 'yes' };
const questions: readonly JsonObject[] = [
  { type: 'integer', name: 'age', label: 'Âge', ...marked },
  { type: 'select_one departements', name: 'zone', label: 'Zone', ...marked },
  { type: 'date', name: 'since', label: 'Depuis', ...marked },
  { type: 'text', name: 'trade', label: 'Métier', ...marked },
];

interface Shape {
  readonly outside: readonly string[];
  readonly inRepeat: readonly string[];
}

/** `more`: a second question that is no quasi-identifier is public, too. */
const form = (
  { outside, inRepeat }: Shape,
  { version, k, more }: { readonly version: string; readonly k: number; readonly more: boolean },
) => {
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
      ...(more ? [{ type: 'integer', name: 'm', label: 'M', visibility: 'public' }] : []),
      ...rows(outside),
      ...(inRepeat.length > 0 ? repeat : []),
    ],
    choices: [
      { list_name: 'regions', name: 'R1', label: 'R1' },
      { list_name: 'regions', name: 'R2', label: 'R2' },
      ...['R1A', 'R1B', 'R2A', 'R2B'].map((name) => ({
        list_name: 'departements',
        name,
        label: name,
        regions: name.slice(0, 2),
      })),
    ],
    settings: { form_title: 'F', version, k, low_k: k < 3 ? 'yes' : 'no', max_suppressed: 100 },
  };
};

const person = fc.record({
  age: fc.integer({ min: 20, max: 45 }),
  zone: fc.constantFrom('R1A', 'R1B', 'R2A', 'R2B'),
  since: fc.constantFrom('2024-01-05', '2024-02-10', '2023-07-01'),
  trade: fc.constantFrom('nurse', 'teacher', 'farmer'),
});
const act = fc.record({
  who: fc.integer({ min: 0, max: 30 }),
  what: fc.constantFrom('put', 'put', 'put', 'edit', 'withdraw', 'reject', 'erase'),
  n: fc.integer({ min: 0, max: 3 }),
  rows: fc.integer({ min: 1, max: 2 }),
  person,
});
const series = fc.record({
  names: fc.subarray(['age', 'zone', 'since', 'trade'], { minLength: 1, maxLength: 3 }),
  nested: fc.boolean(),
  k: fc.integer({ min: 2, max: 5 }),
  versions: fc.array(
    fc.record({
      // Now and then the form asks something new, or its k is another one.
      form: fc.option(fc.record({ more: fc.boolean(), k: fc.integer({ min: 2, max: 5 }) }), {
        freq: 4,
      }),
      acts: fc.array(act, { minLength: 1, maxLength: 25 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
});

describe('all versions together', () => {
  /*
   * Whoever compares any two of them, or all, puts together whole groups of these: of two versions,
   * the records that both have, that changed, or that only the later one has.
   */
  it('tell of at least k records at once what is new, what changed and what is left out', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(series, async ({ names, nested, k, versions }) => {
        const world = new DatasetWorld();
        const shape = {
          outside: nested ? names.slice(0, 1) : names,
          inRepeat: nested ? names.slice(1) : [],
        };
        let formVersion = 1;
        await world.publishForm('f', form(shape, { version: '1', k, more: false }));
        const made = new VersionSeries(world, 'f');
        const trajectories = new Trajectories(['n', 'm']);
        const last = new Map<number, { revision: number; answers: JsonObject; at: string }>();
        const gone = new Set<number>();
        // The smallest one of any version: who answered under a higher one is not looked for here.
        let least = k;
        for (const { form: other, acts } of versions) {
          world.wait(300);
          if (other !== null) {
            formVersion += 1;
            least = Math.min(least, other.k);
            await world.publishForm('f', form(shape, { ...other, version: String(formVersion) }));
          }
          const touched = new Set<string>();
          for (const { who, what, n, rows, person } of acts) {
            const id = `instance-${who}`;
            const known = last.get(who);
            // What is erased or withdrawn does not come back here: no segment has it any more.
            if (gone.has(who) || (what === 'erase' && known === undefined)) continue;
            touched.add(publicIdOf(world.keys, 'f', id));
            if (what === 'erase') {
              await world.erase('f', id);
              gone.add(who);
              continue;
            }
            const pick = (of: readonly string[]) =>
              Object.fromEntries(Object.entries(person).filter(([name]) => of.includes(name)));
            const row = pick(shape.inRepeat);
            const answers: JsonObject =
              what === 'edit' && known !== undefined
                ? { ...known.answers, n }
                : {
                    n,
                    m: n,
                    ...pick(shape.outside),
                    ...(shape.inRepeat.length > 0
                      ? { r: Array.from({ length: rows }, () => row) }
                      : {}),
                  };
            const at = what === 'edit' ? (known?.at ?? '1') : String(formVersion);
            const revision = (known?.revision ?? 0) + 1;
            last.set(who, { revision, answers, at });
            const state =
              what === 'withdraw' ? 'withdrawn' : what === 'reject' ? 'rejected' : 'accepted';
            if (state === 'withdrawn') gone.add(who);
            await world.put('f', id, answers, { revision, state, formVersion: at });
          }
          const now = await made.make();
          const { sizes, untouched } = trajectories.add(now, touched, other !== null);
          for (const size of sizes) {
            expect(size).toBeGreaterThanOrEqual(least);
            told += 1;
          }
          for (const { stay, left } of untouched) {
            if (stay > 0 && left > 0) expect(left).toBeGreaterThanOrEqual(least);
          }
          // Once more, to repair it, is the same.
          expect((await made.make({ again: true })).records).toEqual(now.records);
        }
      }),
      { numRuns: 80, endOnFailure: true },
    );
    expect(told).toBeGreaterThan(50);
  });
});

const choices = ['a', 'b', 'c'];
const move = fc.record({
  who: fc.integer({ min: 0, max: 11 }),
  kind: fc.constantFrom(...choices),
  n: fc.integer({ min: 0, max: 1 }),
  state: fc.constantFrom('accepted', 'accepted', 'accepted', 'rejected'),
});

describe('many versions of few records', () => {
  it('tell of at least k at once, too', async () => {
    const definition = (k: number) => ({
      survey: [
        { type: 'select_one l', name: 'kind', label: 'K', ...marked },
        { type: 'integer', name: 'n', label: 'N', visibility: 'public' },
      ],
      choices: choices.map((name) => ({ list_name: 'l', name, label: name })),
      settings: { form_title: 'F', version: '1', k, low_k: 'yes', max_suppressed: 100 },
    });
    const moves = fc.array(fc.array(move, { minLength: 1, maxLength: 12 }), {
      minLength: 4,
      maxLength: 9,
    });
    let told = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 3 }), moves, async (k, versions) => {
        const world = new DatasetWorld();
        await world.publishForm('f', definition(k));
        const made = new VersionSeries(world, 'f');
        const trajectories = new Trajectories(['n']);
        let revision = 0;
        for (const acts of versions) {
          world.wait(300);
          const touched = new Set<string>();
          for (const { who, kind, n, state } of acts) {
            revision += 1;
            touched.add(publicIdOf(world.keys, 'f', `instance-${who}`));
            await world.put('f', `instance-${who}`, { kind, n }, { revision, state });
          }
          const { sizes, untouched } = trajectories.add(await made.make(), touched);
          for (const size of sizes) {
            expect(size).toBeGreaterThanOrEqual(k);
            told += 1;
          }
          for (const { stay, left } of untouched) {
            if (stay > 0 && left > 0) expect(left).toBeGreaterThanOrEqual(k);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(told).toBeGreaterThan(50);
  });
});

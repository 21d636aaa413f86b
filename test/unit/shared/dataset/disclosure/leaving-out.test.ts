import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const open = { visibility: 'public', review_text: 'yes' };
const marked = { ...open, quasi_identifier: 'yes' };
const kind = { type: 'select_one l', name: 'kind', label: 'K', ...marked };
const n = { type: 'integer', name: 'n', label: 'N', ...open };
const form = (survey: readonly JsonObject[], settings: JsonObject = {}) => ({
  survey: [n, ...survey],
  choices: ['a', 'b', 'c', 'd'].map((name) => ({ list_name: 'l', name, label: name })),
  settings: { form_title: 'F', version: '1', k: 5, max_suppressed: 100, ...settings },
});
const times = <T>(count: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => one(index));

async function put(
  world: DatasetWorld,
  answers: readonly JsonObject[],
  prefix = 'instance',
  formVersion = '1',
): Promise<void> {
  world.wait(300);
  for (const [index, one] of answers.entries()) {
    await world.put('f', `${prefix}-${index}`, one, { formVersion });
  }
  await world.compile();
}

async function worldOf(
  definition: ReturnType<typeof form>,
  answers: readonly JsonObject[],
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', definition);
  await put(world, answers);
  return world;
}

const shown = async (world: DatasetWorld): Promise<JsonObject[]> =>
  (await world.records('f', 'public')).map(({ answers }) => answers as JsonObject);
const riskOf = async (world: DatasetWorld) =>
  (await readManifest(world.deps, 'f', 'coordinator')).risk;
const twoKinds = (index: number): JsonObject => ({ kind: index % 2 === 0 ? 'a' : 'b' });

describe('who is below k', () => {
  it('leaves the public files whole: no row has blanks', async () => {
    const unlike = { n: 777, kind: 'b' };
    const world = await worldOf(form([kind]), [
      ...times(20, (index) => ({ n: index, kind: 'a' })),
      unlike,
    ]);
    const answers = await shown(world);
    expect(answers).toHaveLength(20);
    expect(new Set(answers.map(({ kind: said }) => said))).toEqual(new Set(['a']));
    expect(Object.values(await world.contents('public/f')).join('\n')).not.toContain('777');
    expect(await riskOf(world)).toMatchObject({
      rows: 21,
      suppressed: 1,
      blocked: null,
      after: { '1': 0, '2': 0, '3-4': 0, '5-9': 0, '10+': 20 },
    });
  });

  it('is no companion of who comes later, if it had been public before', async () => {
    const world = await worldOf(
      form([kind]),
      times(6, () => ({ n: 1, kind: 'a' })),
    );
    // Two leave by an edit, and are below k in their new class.
    for (const index of [0, 1]) {
      world.wait(300);
      await world.put('f', `instance-${index}`, { n: 1, kind: 'b' }, { revision: 2 });
    }
    await put(
      world,
      times(5, () => ({ n: 2, kind: 'a' })),
      'later-person',
    );
    await put(
      world,
      times(3, () => ({ n: 3, kind: 'b' })),
      'last-person',
    );
    expect((await shown(world)).filter(({ kind: said }) => said === 'b')).toEqual([]);
    await put(
      world,
      times(5, () => ({ n: 3, kind: 'b' })),
      'last-person',
    );
    const published = (await shown(world)).filter(({ kind: said }) => said === 'b');
    expect(published.map((answers) => answers['n'])).toEqual([3, 3, 3, 3, 3]);
    expect(await riskOf(world)).toMatchObject({ after: { '1': 0, '2': 0, '3-4': 0 } });
  });
});

describe('what gives a quasi-identifier away', () => {
  it('is generalised or left out with it: a calculation, and what is asked because of it', async () => {
    const survey = [
      { type: 'date', name: 'born', label: 'B', ...marked },
      { type: 'calculate', name: 'year', calculation: 'substr(${born}, 0, 4)', ...open },
      { type: 'text', name: 'asked', label: 'A', relevant: "${year} < '1990'", ...open },
    ];
    const world = await worldOf(
      form(survey),
      times(10, (index) => {
        const year = String(1985 + index);
        const asked = index < 5 ? { asked: `canary-${index}` } : {};
        return { n: index, born: `${year}-03-0${(index % 9) + 1}`, year, ...asked };
      }),
    );
    const answers = await shown(world);
    const seen = answers.map((answer) => JSON.stringify({ ...answer, n: null }));
    for (const [, alike] of Map.groupBy(seen, (text) => text))
      expect(alike.length).toBeGreaterThanOrEqual(5);
    expect((await riskOf(world))?.quasiIdentifiers).toEqual(
      expect.arrayContaining(['born', 'year', 'asked']),
    );
  });

  it('is an exact point, too', async () => {
    const at = {
      type: 'geopoint',
      name: 'at',
      label: 'P',
      precision: 'exact',
      visibility: 'public',
    };
    const world = await worldOf(
      form([kind, at]),
      times(10, (index) => ({
        n: index,
        ...twoKinds(index),
        at: { lat: 14 + index / 7, lon: -17 },
      })),
    );
    expect(await shown(world)).toHaveLength(10);
    expect((await shown(world)).filter((answers) => answers['at'] !== undefined)).toEqual([]);
  });

  it('is how many rows a repeat has, and what counts them', async () => {
    const survey = [
      kind,
      { type: 'begin_repeat', name: 'r', label: 'R' },
      { type: 'integer', name: 'm', label: 'M', visibility: 'public' },
      { type: 'end_repeat' },
      { type: 'calculate', name: 'size', calculation: 'count(${r})', ...open },
    ];
    const family = (size: number): JsonObject => ({
      n: 1,
      kind: 'a',
      size,
      r: times(size, () => ({ m: 1 })),
    });
    const world = await worldOf(form(survey), [...times(20, () => family(2)), family(9)]);
    for (const answers of await shown(world)) {
      expect([undefined, 2]).toContain(answers['size']);
      expect([undefined, 2]).toContain((answers['r'] as JsonObject[] | undefined)?.length);
    }
    expect(Object.values(await world.contents('public/f')).join('\n')).not.toMatch(/"size":9/);
  });

  it('is which version was answered, where versions publish other questions', async () => {
    const world = await worldOf(
      form([kind]),
      times(20, () => ({ n: 1, kind: 'a' })),
    );
    const more = { type: 'integer', name: 'more', label: 'M', visibility: 'public' };
    await world.publishForm('f', form([kind, more], { version: '2' }));
    await put(world, [{ n: 2, kind: 'a', more: 424_242 }], 'new-person', '2');
    expect(await shown(world)).toHaveLength(20);
    expect(Object.values(await world.contents('public/f')).join('\n')).not.toContain('424242');
  });
});

describe('a sensitive question', () => {
  const health = (type: string, more: JsonObject = {}): JsonObject => ({
    type,
    name: 'health',
    label: 'H',
    sensitive: 'yes',
    ...open,
    ...more,
  });
  const ages = { type: 'integer', name: 'age', label: 'A', ...marked };

  it('is not published of records that all answer the same', async () => {
    const same = times(5, () => ({ n: 1, kind: 'a', health: 'c' }));
    const world = await worldOf(form([kind, health('select_one l')]), [
      ...same,
      ...times(20, (index) => ({ n: 2, kind: 'b', health: index % 2 === 0 ? 'c' : 'd' })),
    ]);
    const answers = await shown(world);
    expect(answers.filter(({ kind: said }) => said === 'a')).toEqual([]);
    expect((await riskOf(world))?.sensitive).toEqual([
      { question: 'health', l: 2, homogeneous: { before: 5, after: 0 } },
    ]);
  });

  it('is published once a coarser class has two answers', async () => {
    const world = await worldOf(form([ages, health('select_one l')]), [
      ...times(5, () => ({ n: 1, age: 20, health: 'c' })),
      ...times(5, () => ({ n: 1, age: 22, health: 'd' })),
    ]);
    const said = (await shown(world)).map(({ age }) => age);
    expect(said).toEqual(times(10, () => '20–24'));
  });

  it('is not published of records that all have one code of several', async () => {
    const world = await worldOf(
      form([kind, health('select_multiple l')]),
      times(6, (index) => ({ n: 1, kind: 'a', health: index % 2 === 0 ? ['c'] : ['c', 'd'] })),
    );
    expect(await shown(world)).toEqual([]);
  });

  it('is one under the name of a calculation, too', async () => {
    const copy = { type: 'calculate', name: 'copy', calculation: '${health}', ...open };
    const hidden = health('select_one l', { visibility: 'coordinator' });
    const world = await worldOf(
      form([kind, hidden, copy]),
      times(6, () => ({ n: 1, kind: 'a', health: 'c', copy: 'c' })),
    );
    expect(await shown(world)).toEqual([]);
  });

  it.each([
    [2, 0],
    [3, 6],
  ])('of 3 wants three answers: of %i are published %i records', async (different, published) => {
    const world = await worldOf(
      form([kind, health('select_one l', { sensitive: 3 })]),
      times(6, (index) => ({ n: 1, kind: 'a', health: ['b', 'c', 'd'][index % different] ?? '' })),
    );
    expect(await shown(world)).toHaveLength(published);
  });
});

describe('what a form says of its risk', () => {
  it.each([
    ['age', { age: 5, size: 1 }],
    ['size', { age: 1, size: 5 }],
  ])('keeps fine what matters most: %s', async (kept, importance) => {
    const number = (name: 'age' | 'size'): JsonObject => ({
      type: 'integer',
      name,
      label: name,
      ...marked,
      importance: importance[name],
    });
    const world = await worldOf(
      form([number('age'), number('size')]),
      // Each of one is with each of the other: one of them must go, whichever.
      times(25, (index) => ({ n: 1, age: index % 5, size: Math.floor(index / 5) })),
    );
    const risk = await riskOf(world);
    const losses = Object.fromEntries(
      (risk?.identifiers ?? []).map(({ question, loss }) => [question, loss]),
    );
    const other = kept === 'age' ? 'size' : 'age';
    expect(losses[kept]).toBeLessThan(losses[other] ?? 0);
  });

  it('lowers k for new answers alone', async () => {
    const world = await worldOf(
      form([kind]),
      times(3, () => ({ n: 1, kind: 'a' })),
    );
    expect(await shown(world)).toEqual([]);
    await world.publishForm('f', form([kind], { version: '2', k: 3 }));
    await put(
      world,
      times(3, () => ({ n: 2, kind: 'b' })),
      'new-person',
      '2',
    );
    expect((await shown(world)).map((answers) => answers['n'])).toEqual([2, 2, 2]);
  });

  it('blocks what is of a greater risk than it takes', async () => {
    const answers = times(10, (index) => ({ n: 1, ...twoKinds(index) }));
    const settings = { max_risk: 5 };
    const world = await worldOf(form([kind], settings), answers);
    expect(Object.keys(await world.contents('public/f.'))).toEqual([]);
    const risk = await riskOf(world);
    expect(risk?.blocked?.reason.en).toContain('max_risk');
    expect(risk?.globalRisk?.max).toBe(0.05);
    await put(
      world,
      times(30, (index) => ({ n: 1, ...twoKinds(index) })),
      'more-person',
    );
    expect((await riskOf(world))?.blocked).toBeNull();
  });

  it('takes a k below 3 only when it is confirmed', async () => {
    const world = new DatasetWorld();
    await expect(world.publishForm('f', form([kind], { k: 2 }))).rejects.toMatchObject({
      code: 'invalid-form',
    });
    await world.publishForm('f', form([kind], { k: 2, low_k: 'yes' }));
    await put(
      world,
      times(2, () => ({ n: 1, kind: 'a' })),
    );
    expect(await shown(world)).toHaveLength(2);
  });
});

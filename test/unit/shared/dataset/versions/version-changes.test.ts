import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import { listVersions } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { readVersionChanges } from '../../../../../shared/dataset/versions/version-changes.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { faultOf } from '../../../../support/fault-of.ts';
import { keysInOrder } from '../../../../support/keyring.ts';

const question = (type: string, name: string, more: JsonObject = {}): JsonObject => ({
  type,
  name,
  label: name,
  visibility: 'members',
  ...more,
});
const form = (version: string, survey: readonly JsonObject[]) => ({
  survey,
  choices: [{ list_name: 'l', name: 'x', label: 'X' }],
  settings: { form_title: 'F', version },
});
const repeat = (...survey: readonly JsonObject[]) => [
  { type: 'begin repeat', name: 'visits', label: 'V' },
  ...survey,
  { type: 'end repeat' },
];

const ids = ['instance-changed', 'instance-gone', 'instance-new', 'instance-same'];

/** Two versions: in the second one a record is new, one is changed, one is gone, one is the same. */
async function world(): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  made.keys = keysInOrder('f', ids);
  const survey = [question('text', 'q'), ...repeat(question('integer', 'n'))];
  await made.publishForm('f', form('1', survey));
  await made.put('f', 'instance-changed', { q: 'canary-old', visits: [{ n: 1 }, { n: 2 }] });
  await made.put('f', 'instance-gone', { q: 'x' });
  await made.put('f', 'instance-same', { q: 'y' });
  await made.compile();
  made.wait(600);
  await made.put('f', 'instance-changed', { q: 'canary-new', visits: [{ n: 3 }] }, { revision: 2 });
  await made.put('f', 'instance-gone', { q: 'x' }, { revision: 2, state: 'withdrawn' });
  await made.put('f', 'instance-new', { q: 'z' });
  await made.compile();
  return made;
}

describe('the differences between two versions', () => {
  it('are by default those of the current one to the one before: which rows, and in which columns', async () => {
    const made = await world();
    const [to, from] = await listVersions(made.deps, 'f', 'coordinator');
    const changes = await readVersionChanges(made.deps, 'f', 'coordinator', {});
    expect(changes).toEqual({
      dataset: 'f',
      from: from?.version,
      to: to?.version,
      counts: { added: 1, changed: 1, removed: 1, unchanged: 1 },
      complete: true,
      questions: { added: [], removed: [], changed: [] },
      items: [
        { id: 'instance-changed', change: 'changed', questions: changes.items[0]?.questions },
        { id: 'instance-gone', change: 'removed', questions: [] },
        { id: 'instance-new', change: 'added', questions: [] },
      ],
      next: null,
    });
    expect(changes.items[0]?.questions).toEqual(expect.arrayContaining(['q', 'visits/n']));
    expect(changes.items[0]?.questions).not.toContain('organisation');
    expect(JSON.stringify(changes)).not.toContain('canary');
  });

  it('are the other way round from the newer one to the older one', async () => {
    const made = await world();
    const [newer, older] = await listVersions(made.deps, 'f', 'coordinator');
    const changes = await readVersionChanges(made.deps, 'f', 'coordinator', {
      from: newer?.version,
      to: older?.version,
    });
    expect(changes.items.map(({ change }) => change)).toEqual(['changed', 'added', 'removed']);
  });

  it('are for members those of what members see', async () => {
    const made = await world();
    const before = await readVersionChanges(made.deps, 'f', 'members', {});
    expect(before.counts).toEqual({ added: 1, changed: 1, removed: 1, unchanged: 1 });
    made.wait(600);
    await made.put('f', 'instance-new', { q: 'z' }, { revision: 2, state: 'rejected' });
    await made.put('f', 'instance-draft', { q: 'unseen' }, { state: 'received' });
    await made.compile();
    const after = await readVersionChanges(made.deps, 'f', 'members', {});
    const id = publicIdOf(made.keys, 'f', 'instance-new');
    expect(after.items).toEqual([{ id, change: 'removed', questions: [] }]);
  });

  it('are not told of a version with other ids: one of before a change of key', async () => {
    const made = await world();
    made.keys = keysInOrder('f', ids.toReversed());
    made.wait(600);
    for (const audience of ['members', 'coordinator'] as const) {
      const fault = await faultOf(readVersionChanges(made.deps, 'f', audience, {}));
      expect(fault).toMatchObject({ code: 'not-found', errors: [{ code: 'other-ids' }] });
    }
    await made.compile();
    const mixed = await faultOf(readVersionChanges(made.deps, 'f', 'coordinator', {}));
    expect(mixed).toMatchObject({ errors: [{ code: 'other-ids' }] });
    made.wait(600);
    await made.put('f', 'instance-new', { q: 'zz' }, { revision: 2 });
    await made.compile();
    const { counts } = await readVersionChanges(made.deps, 'f', 'coordinator', {});
    expect(counts).toEqual({ added: 0, changed: 1, removed: 0, unchanged: 2 });
  });

  it('name the questions that are new, gone, of another kind or called otherwise', async () => {
    const made = await world();
    const survey = [
      question('date', 'new', { label: 'Nouvelle' }),
      ...repeat(question('decimal', 'n', { label: 'Combien' })),
    ];
    made.wait(600);
    await made.publishForm('f', form('2', survey));
    await made.put('f', 'instance-two', { new: '2026-02-01' }, { formVersion: '2' });
    await made.compile();
    const { questions, counts } = await readVersionChanges(made.deps, 'f', 'members', {});
    expect(questions.added).toMatchObject([{ header: 'new', kind: 'date' }]);
    expect(questions.removed).toMatchObject([{ header: 'q', kind: 'text' }]);
    expect(questions.changed).toMatchObject([
      { header: 'visits/n', kind: 'decimal', before: { kind: 'integer' } },
    ]);
    expect(counts).toMatchObject({ added: 1, changed: 3, removed: 0 });
  });

  it.each([
    ['an unknown version', { from: 'unknown' }],
    ['an unknown later version', { to: 'unknown' }],
  ])('are not told of %s', async (_, query) => {
    const made = await world();
    expect(await faultOf(readVersionChanges(made.deps, 'f', 'coordinator', query))).toMatchObject({
      code: 'not-found',
    });
  });

  it('are not told of a version that was withdrawn', async () => {
    const made = await world();
    await made.erase('f', 'instance-same');
    await made.compile();
    expect(await faultOf(readVersionChanges(made.deps, 'f', 'coordinator', {}))).toMatchObject({
      code: 'not-found',
    });
  });

  it.each([
    ['is no cursor', {}],
    ['points into the middle of a row', { at: [7, 7] }],
  ])('are not told to a cursor that %s', async (_, forged: JsonObject) => {
    const made = await world();
    const [to, from] = await listVersions(made.deps, 'f', 'coordinator');
    const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
    const place = { from: from?.version, to: to?.version, counts, ...forged };
    const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
    const read = readVersionChanges(made.deps, 'f', 'coordinator', { cursor });
    expect(await faultOf(read)).toMatchObject({ code: 'malformed-request' });
  });

  it('come page by page, the same whatever a page holds, and its counts are complete at the end', async () => {
    const Row = fc.constantFrom('added', 'changed', 'removed', 'unchanged', 'none');
    await fc.assert(
      fc.asyncProperty(
        fc.array(Row, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(1, 300, 1_000_000),
        async (rows, limit, mostBytes) => {
          const made = new DatasetWorld();
          await made.publishForm('f', form('1', [question('text', 'q')]));
          const id = (index: number) => `instance-${String(index).padStart(3, '0')}`;
          await made.put('f', 'instance-zzz', { q: 'first' });
          for (const [index, row] of rows.entries()) {
            if (row !== 'added' && row !== 'none') await made.put('f', id(index), { q: 'a' });
          }
          await made.compile();
          made.wait(600);
          await made.put('f', 'instance-zzz', { q: 'second' }, { revision: 2 });
          for (const [index, row] of rows.entries()) {
            if (row === 'added') await made.put('f', id(index), { q: 'a' });
            if (row === 'changed') await made.put('f', id(index), { q: 'b' }, { revision: 2 });
            const withdrawn = { revision: 2, state: 'withdrawn' } as const;
            if (row === 'removed') await made.put('f', id(index), { q: 'a' }, withdrawn);
          }
          await made.compile();
          const found: string[] = [];
          let cursor: string | undefined;
          for (;;) {
            const page = await readVersionChanges(made.deps, 'f', 'coordinator', {
              cursor,
              limit,
              mostBytes,
            });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            found.push(...page.items.map(({ id, change }) => `${id} ${change}`));
            if (page.next !== null) {
              cursor = page.next;
              continue;
            }
            const expected = rows.flatMap((row, index) =>
              row === 'unchanged' || row === 'none' ? [] : [`${id(index)} ${row}`],
            );
            expect(found.sort()).toEqual([...expected, 'instance-zzz changed'].sort());
            const count = (what: string) => rows.filter((row) => row === what).length;
            expect(page.complete).toBe(true);
            expect(page.counts).toEqual({
              added: count('added'),
              changed: count('changed') + 1,
              removed: count('removed'),
              unchanged: count('unchanged'),
            });
            return;
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

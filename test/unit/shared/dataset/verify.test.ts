import { describe, expect, it } from 'vitest';
import { readDatasetPointer } from '../../../../shared/dataset/dataset-pointer.ts';
import { verify } from '../../../../shared/dataset/verify.ts';
import { headKey, historyKey, shardOf } from '../../../../shared/store/keys.ts';
import { toHistory } from '../../../../shared/submission/head-record.ts';
import { DatasetWorld, shards } from '../../../support/dataset-world.ts';

async function world(): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  await made.publishForm('f', {
    survey: [{ type: 'text', name: 'q', label: 'Q', visibility: 'public', review_text: 'yes' }],
    choices: [],
    settings: { form_title: 'F', version: '1' },
  });
  await made.put('f', 'instance-1', { q: '1' });
  await made.put('f', 'instance-2', { q: '2' });
  await made.compile();
  made.wait(3600);
  return made;
}

describe('verify', () => {
  it('finds nothing wrong after a compile, nor with what has arrived since', async () => {
    const made = await world();
    await made.put('f', 'instance-3', { q: '3' });
    const report = await verify(made.deps);
    expect(report).toMatchObject({ shards, rows: 3, drift: [], repaired: false });
    expect(report.files).toBeGreaterThan(6);
  });

  it('deletes history that a writer who died left of an erased submission, and no other', async () => {
    const made = await world();
    for (const id of ['instance-1', 'instance-2']) {
      const head = await made.submissions.get(headKey('f', shardOf(id, shards), id));
      if (head === undefined) throw new Error(`No ${id}.`);
      if (id === 'instance-1') await made.erase('f', id);
      await made.submissions.put(toHistory(head));
    }
    await verify(made.deps);
    const history = (id: string) =>
      made.submissions.get(historyKey('f', shardOf(id, shards), id, 1));
    expect(await history('instance-1')).toBeUndefined();
    expect(await history('instance-2')).toBeDefined();
  });

  const key = (made: DatasetWorld, pattern: RegExp): string => {
    const found = made.objects.keys().find((name) => pattern.test(name));
    if (found === undefined) throw new Error(`No ${pattern.source}.`);
    return found;
  };
  const damage = async (made: DatasetWorld, pattern: RegExp) =>
    made.objects.put(key(made, pattern), Buffer.from('x'), { contentType: 'text/plain' });
  const remove = async (made: DatasetWorld, pattern: RegExp) =>
    made.objects.delete(key(made, pattern));

  it.each([
    [
      'a record that the segment lacks',
      async (made: DatasetWorld) => {
        made.wait(-7200);
        await made.put('f', 'instance-lost', { q: '0' });
        made.wait(7200);
      },
      'differs',
    ],
    [
      'a record that is no longer there',
      (made: DatasetWorld) =>
        made.submissions.delete(headKey('f', shardOf('instance-1', shards), 'instance-1')),
      'differs',
    ],
    ['a damaged segment', (made: DatasetWorld) => damage(made, /^segments\/f\/\d/), 'unreadable'],
    ['a lost segment', (made: DatasetWorld) => remove(made, /^segments\/f\/\d/), 'missing'],
    [
      'a damaged file of a version',
      (made: DatasetWorld) => damage(made, /^datasets\/f\/.*members\/f.csv/),
      'differs',
    ],
    [
      'a lost file of a version',
      (made: DatasetWorld) => remove(made, /^datasets\/f\/.*coordinator\/f.json/),
      'missing',
    ],
    [
      'a lost manifest',
      (made: DatasetWorld) => remove(made, /^datasets\/f\/.*manifest.json/),
      'unreadable',
    ],
    ['a damaged public file', (made: DatasetWorld) => damage(made, /^public\/f.json/), 'differs'],
    [
      'a public file that should not be there',
      (made: DatasetWorld) =>
        made.objects.put('public/f.secret.csv', Buffer.from('x'), { contentType: 'text/csv' }),
      'unexpected',
    ],
  ])('finds %s and repairs it', async (_, harm, problem) => {
    const made = await world();
    await harm(made);
    const found = await verify(made.deps);
    expect(found.drift.map((drift) => drift.problem)).toContain(problem);
    expect((await verify(made.deps, { repair: true })).repaired).toBe(true);
    expect(await verify(made.deps)).toMatchObject({ drift: [] });
    const pointer = await readDatasetPointer(made.registry, 'f');
    expect(pointer?.publishedVersion).toBe(pointer?.version);
    const shown = JSON.parse(await made.read('public/f.json')) as { count: number };
    expect(shown.count).toBe((await verify(made.deps)).rows);
  });
});

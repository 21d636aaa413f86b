import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRun, startRun } from '../../../../../shared/dataset/publish/compile-run.ts';
import { readDatasetPointer } from '../../../../../shared/dataset/versions/dataset-pointer.ts';
import {
  listVersions,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { readStoredManifest } from '../../../../../shared/dataset/versions/version-manifest.ts';
import { verify } from '../../../../../shared/dataset/verify/verify-all.ts';
import { headKey, historyKey, registryKey, shardOf } from '../../../../../shared/store/keys.ts';
import { attachmentKey } from '../../../../../shared/submission/records/attachment-keys.ts';
import { toHistory } from '../../../../../shared/submission/records/head-record.ts';
import { DatasetWorld, shards } from '../../../../support/dataset-world.ts';

const form = {
  survey: [{ type: 'text', name: 'q', label: 'Q', visibility: 'public', review_text: 'yes' }],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

async function world(): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  await made.publishForm('f', form);
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

  it('says how many rows are public no more since a dataset was brought up to date', async () => {
    const made = await world();
    const [question] = form.survey;
    const marked = { ...question, type: 'integer', quasi_identifier: 'yes' };
    await made.publishForm('f', {
      ...form,
      survey: [marked],
      settings: { ...form.settings, version: '2' },
    });
    const report = await verify(made.deps);
    expect(report).toMatchObject({ drift: [], takenDown: [{ dataset: 'f', before: 2, after: 0 }] });
    expect((await verify(made.deps)).takenDown).toEqual([]);
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

  /** Only who makes the file anew from the answers can tell. */
  const changeFileAndManifest = async (made: DatasetWorld): Promise<void> => {
    const bytes = Buffer.from('no such answer');
    const file = key(made, /^datasets\/f\/.*members\/f.csv/);
    await made.objects.put(file, bytes, { contentType: 'text/csv' });
    const { version } = await readManifest(made.deps, 'f', 'coordinator');
    const manifest = await readStoredManifest(made.objects, 'f', version);
    const entry = manifest.audiences.members?.files.find(({ name }) => name === 'f.csv');
    if (entry === undefined) throw new Error('No f.csv.');
    Object.assign(entry, { bytes: bytes.length, sha256: hash('sha256', bytes) });
    const text = Buffer.from(JSON.stringify(manifest));
    const where = key(made, /^datasets\/f\/.*manifest.json/);
    await made.objects.put(where, text, { contentType: 'application/json' });
  };

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
    [
      'a damaged file for the doors alone',
      (made: DatasetWorld) => damage(made, /^datasets\/f\/.*internal\/members/),
      'differs',
    ],
    ['a file and a manifest that agree, on something else', changeFileAndManifest, 'differs'],
    [
      'a pointer that tells of another number of rows',
      async (made: DatasetWorld) => {
        const record = await made.registry.get(registryKey.dataset('f'));
        if (record !== undefined) await made.registry.put({ ...record, rows: 3 });
      },
      'differs',
    ],
    [
      'a dataset that cannot be brought up to date',
      async (made: DatasetWorld) => {
        await made.publishForm('f', { ...form, settings: { form_title: 'F', version: '2' } });
        await remove(made, /^segments\/f\/\d/);
      },
      'stale',
    ],
    [
      'attachments of a submission that is not there',
      (made: DatasetWorld) => {
        made.now = Date.now() + 2 * 86_400_000;
        const key = attachmentKey('f', 'instance-none', 'a'.repeat(64));
        return made.objects.put(key, Buffer.from('x'), { contentType: 'image/jpeg' });
      },
      'orphan',
    ],
    [
      'a body in quarantine of a submission that was erased',
      async (made: DatasetWorld) => {
        await made.put('f', 'instance-erased', { q: '0' });
        await made.erase('f', 'instance-erased');
        const key = registryKey.quarantine('f', 'instance-erased', 'hash');
        await made.registry.put({ ...key, revision: 1 });
      },
      'orphan',
    ],
    [
      'a file beside those of a version',
      (made: DatasetWorld) => {
        made.now = Date.now() + 2 * 86_400_000;
        const file = key(made, /^datasets\/f\/.*public\/f.csv/).replace('f.csv', 'g.csv');
        return made.objects.put(file, Buffer.from('x'), { contentType: 'text/csv' });
      },
      'unexpected',
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

  it('tells both what there should be and what there is', async () => {
    const made = await world();
    await damage(made, /^datasets\/f\/.*members\/f.csv/);
    const [drift] = (await verify(made.deps)).drift;
    expect(drift).toMatchObject({
      what: key(made, /^datasets\/f\/.*members\/f.csv/),
      found: { bytes: 1, sha256: hash('sha256', 'x') },
    });
    expect(drift?.expected?.sha256).not.toBe(drift?.found?.sha256);
  });

  it('finds an earlier version that is damaged, and withdraws what it cannot make anew', async () => {
    const made = await world();
    const { version } = await readManifest(made.deps, 'f', 'coordinator');
    await made.put('f', 'instance-3', { q: '3' });
    await made.compile();
    await made.objects.delete(`datasets/f/${version}/coordinator/f.json`);
    expect((await verify(made.deps)).drift).toMatchObject([
      { what: `datasets/f/${version}/coordinator/f.json`, problem: 'missing' },
    ]);
    await verify(made.deps, { repair: true });
    const [, earlier] = await listVersions(made.deps, 'f', 'coordinator');
    expect(earlier).toMatchObject({ version, state: 'withdrawn', reason: 'damaged' });
    expect(await verify(made.deps)).toMatchObject({ drift: [] });
  });

  it('tells how far it has come', async () => {
    const made = await world();
    const seen: number[] = [];
    await verify(made.deps, {}, ({ done, of }) => seen.push(done / of));
    expect(seen.length).toBeGreaterThan(shards);
    expect(seen.at(-1)).toBe(1);
  });

  it('tries everything, though something cannot be looked at', async () => {
    const made = await world();
    made.interruptions.plan({ at: 5, fail: 'before' });
    let steps = 0;
    await expect(verify(made.deps, {}, () => (steps += 1))).rejects.toThrow(AggregateError);
    expect(steps).toBeGreaterThan(shards);
  });

  it('forgets the runs of a month ago', async () => {
    const made = await world();
    await startRun(made.registry, made.clock, 'old');
    made.wait(31 * 86_400);
    await startRun(made.registry, made.clock, 'new');
    await verify(made.deps);
    expect(await readRun(made.registry, 'old')).toBeUndefined();
    expect(await readRun(made.registry, 'new')).toBeDefined();
  });
});

import fc from 'fast-check';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Keyring, publicIdOf } from '../../../../../shared/access/keyring.ts';
import { collect } from '../../../../../shared/dataset/segments/collect.ts';
import { readFormInput } from '../../../../../shared/dataset/rows/form-rows.ts';
import { idOfLine, instanceIdOfLine } from '../../../../../shared/dataset/segments/segment-file.ts';
import { readSegmentPointer } from '../../../../../shared/dataset/segments/segment-pointer.ts';
import { registryKey, shardOf } from '../../../../../shared/store/keys.ts';
import type { RecordStore } from '../../../../../shared/store/record-store.ts';
import { DatasetWorld, shards } from '../../../../support/dataset-world.ts';
import { testKeys } from '../../../../support/keyring.ts';

const form = {
  survey: [{ type: 'text', name: 'q', label: 'Q' }],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

async function world(): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  await made.publishForm('f', form);
  return made;
}

async function linesOf(made: DatasetWorld): Promise<string[]> {
  const lines: string[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    const pointer = await readSegmentPointer(made.registry, 'f', shard);
    const body = pointer && (await made.objects.get(pointer.key));
    if (body === undefined) continue;
    const text = zstdDecompressSync(await buffer(body)).toString();
    lines.push(...text.split('\n').filter((line) => line !== ''));
  }
  return lines;
}

describe('collect', () => {
  it('keeps the text of the answers as it was stored', async () => {
    const made = await world();
    await made.put('f', 'instance-1', { q: 'Thiès "1e2" \u{1f33f}' });
    await made.collectAll('f');
    const [line = ''] = await linesOf(made);
    expect(line.endsWith(`"answers":{"q":"Thiès \\"1e2\\" \u{1f33f}"}}`)).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      id: publicIdOf(testKeys, 'f', 'instance-1'),
      instanceId: 'instance-1',
      revision: 1,
      state: 'accepted',
    });
  });

  it('has live submissions only, in the order of their ids', async () => {
    const made = await world();
    for (const id of ['instance-c', 'instance-a', 'instance-b']) await made.put('f', id, { q: id });
    await made.put('f', 'instance-d', { q: 'd' }, { state: 'withdrawn' });
    await made.collectAll('f');
    const ids = (await linesOf(made)).map(instanceIdOfLine);
    expect(ids.sort()).toEqual(['instance-a', 'instance-b', 'instance-c']);
  });

  it('sorts each segment by public ids', async () => {
    const made = await world();
    for (let n = 0; n < 40; n += 1) await made.put('f', `instance-${n}`, { q: `${n}` });
    await made.collectAll('f');
    made.wait(10);
    for (let n = 40; n < 80; n += 1) await made.put('f', `instance-${n}`, { q: `${n}` });
    await made.collectAll('f');
    const lines = await linesOf(made);
    for (let shard = 0; shard < shards; shard += 1) {
      const own = lines.filter((line) => shardOf(instanceIdOfLine(line), shards) === shard);
      expect(own.map(idOfLine)).toEqual(own.map(idOfLine).sort());
      expect(own.map(instanceIdOfLine)).not.toEqual(own.map(instanceIdOfLine).sort());
    }
    expect(lines.map(idOfLine)).toEqual(
      lines.map((line) => publicIdOf(testKeys, 'f', instanceIdOfLine(line))),
    );
  });

  it('reads everything anew when ids are made with another key, or lines were otherwise', async () => {
    const made = await world();
    for (let n = 0; n < 40; n += 1) await made.put('f', `instance-${n}`, { q: `${n}` });
    made.wait(600);
    await made.collectAll('f');
    const before = await linesOf(made);
    made.keys = new Keyring([
      { id: 'next', secret: new Uint8Array(32).fill(8) },
      { id: 'test', secret: new Uint8Array(32).fill(7) },
    ]);
    const stale = readFormInput(made.deps, await made.forms.record('f'));
    await expect(stale).rejects.toThrow('has to be collected anew');
    made.wait(600);
    await made.collectAll('f');
    const after = await linesOf(made);
    expect(after.map(instanceIdOfLine).sort()).toEqual(before.map(instanceIdOfLine).sort());
    expect(after.map(idOfLine)).not.toEqual(before.map(idOfLine));
    for (let shard = 0; shard < shards; shard += 1) {
      const key = registryKey.segment('f', shard);
      const record = await made.registry.get(key);
      if (record === undefined) throw new Error('No pointer.');
      await made.registry.put({ ...record, format: 2 });
    }
    await expect(readFormInput(made.deps, await made.forms.record('f'))).rejects.toThrow('anew');
    made.wait(600);
    await made.collectAll('f');
    expect(await linesOf(made)).toEqual(after);
    expect(await readFormInput(made.deps, await made.forms.record('f'))).toBeDefined();
  });

  it('reads what changed only, and writes nothing when nothing did', async () => {
    const made = await world();
    for (let n = 0; n < 40; n += 1) await made.put('f', `instance-${n}`, { q: `${n}` });
    made.wait(600);
    await made.collectAll('f');
    const objects = made.objects.keys();
    const records = JSON.stringify(made.registry.all());
    made.wait(600);
    const shard = shardOf('instance-7', shards);
    expect(await collect(made.deps, { formId: 'f', shard })).toMatchObject({
      read: 0,
      changed: false,
    });
    expect(made.objects.keys()).toEqual(objects);
    expect(JSON.stringify(made.registry.all())).toBe(records);

    await made.put('f', 'instance-7', { q: 'changed' }, { revision: 2 });
    made.wait(10);
    expect(await collect(made.deps, { formId: 'f', shard })).toMatchObject({
      read: 1,
      changed: true,
    });
    expect((await linesOf(made)).filter((line) => line.includes('changed'))).toHaveLength(1);
  });

  it('stops reading again what it has merged', async () => {
    const made = await world();
    const shard = shardOf('instance-1', shards);
    await made.collectAll('f');
    await made.put('f', 'instance-1', { q: '1' });
    const reads: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      made.wait(60);
      reads.push((await collect(made.deps, { formId: 'f', shard })).read);
    }
    expect(reads).toEqual([1, 1, 1, 0, 0]);
    expect(await linesOf(made)).toHaveLength(1);
  });

  it('finds a write that was dated before the last cut-off and became durable after it', async () => {
    const made = await world();
    await made.collectAll('f');
    made.wait(-100);
    await made.put('f', 'instance-late', { q: 'late' });
    made.wait(130);
    await made.collectAll('f');
    expect(await linesOf(made)).toHaveLength(1);
  });

  it('drops what was withdrawn or erased', async () => {
    const made = await world();
    for (const id of ['instance-1', 'instance-2', 'instance-3']) await made.put('f', id, { q: id });
    await made.collectAll('f');
    made.wait(10);
    await made.put('f', 'instance-1', { q: 'x' }, { revision: 2, state: 'withdrawn' });
    await made.erase('f', 'instance-2');
    await made.collectAll('f');
    const lines = await linesOf(made);
    expect(lines.map(instanceIdOfLine)).toEqual(['instance-3']);
  });

  it('refuses a damaged segment, which a full collect repairs', async () => {
    const made = await world();
    await made.put('f', 'instance-1', { q: '1' });
    await made.collectAll('f');
    const shard = shardOf('instance-1', shards);
    const { key = '' } = (await readSegmentPointer(made.registry, 'f', shard)) ?? {};
    await made.objects.put(key, Buffer.from('damaged'), { contentType: 'application/zstd' });
    await made.put('f', 'instance-1', { q: '2' }, { revision: 2 });
    await expect(collect(made.deps, { formId: 'f', shard })).rejects.toThrow('cannot be read');
    await collect(made.deps, { formId: 'f', shard }, { full: true });
    made.wait(5);
    await made.put('f', 'instance-1', { q: '3' }, { revision: 3 });
    await collect(made.deps, { formId: 'f', shard });
    expect((await linesOf(made)).map((line) => line.includes('"q":"3"'))).toEqual([true]);
  });

  it('reads everything anew rather than hold more changes than fit in memory', async () => {
    const made = await world();
    await made.put('f', 'instance-1', { q: '1' });
    const shard = shardOf('instance-1', shards);
    await collect(made.deps, { formId: 'f', shard });
    const many = Array.from({ length: 20_001 }, (_, index) => ({
      pk: `f#${shard}`,
      sk: `instance-gone-${index}`,
      revision: 2,
      state: 'erased',
    }));
    const { submissions } = made;
    const changed: RecordStore = {
      get: (key) => submissions.get(key),
      put: (record) => submissions.put(record),
      putIfAbsent: (record) => submissions.putIfAbsent(record),
      putIfRevision: (record, revision) => submissions.putIfRevision(record, revision),
      delete: (key) => submissions.delete(key),
      forget: () => submissions.forget(),
      query: (range, options) =>
        range.index === undefined
          ? submissions.query(range, options)
          : Promise.resolve({ records: many }),
    };
    made.wait(60);
    await made.put('f', 'instance-1', { q: '2' }, { revision: 2 });
    const report = await collect({ ...made.deps, submissions: changed }, { formId: 'f', shard });
    expect(report).toMatchObject({ rows: 1, read: 20_002, changed: true });
    expect(await linesOf(made)).toHaveLength(1);
  });

  it('loses a race without harm', async () => {
    const made = await world();
    await made.put('f', 'instance-1', { q: '1' });
    const shard = shardOf('instance-1', shards);
    const both = await Promise.all([
      collect(made.deps, { formId: 'f', shard }),
      collect(made.deps, { formId: 'f', shard }),
    ]);
    expect(both.map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(await linesOf(made)).toHaveLength(1);
  });

  it('makes the same segments in steps as all at once, whatever happens', async () => {
    const event = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      act: fc.constantFrom('put', 'withdraw', 'erase', 'collect', 'wait'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const made = await world();
        const revisions = new Map<string, number>();
        const erased = new Set<string>();
        for (const { id, act } of events) {
          const instanceId = `instance-${id}`;
          const known = revisions.get(instanceId);
          made.wait(act === 'wait' ? 90 : 1);
          if (act === 'collect') await made.collectAll('f');
          if (act === 'wait' || act === 'collect' || erased.has(instanceId)) continue;
          if (act === 'erase') {
            if (known === undefined) continue;
            await made.erase('f', instanceId);
            erased.add(instanceId);
            continue;
          }
          if (act === 'withdraw' && known === undefined) continue;
          const revision = (known ?? 0) + 1;
          revisions.set(instanceId, revision);
          const state = act === 'withdraw' ? 'withdrawn' : 'received';
          await made.put('f', instanceId, { q: `${revision}` }, { revision, state });
        }
        await made.collectAll('f');
        const inSteps = await linesOf(made);
        await made.collectAll('f', { full: true });
        expect(inSteps).toEqual(await linesOf(made));
        const live = [...revisions].filter(([id]) => !erased.has(id)).length;
        expect(inSteps.length).toBeLessThanOrEqual(live);
      }),
      { numRuns: 60 },
    );
  });
});

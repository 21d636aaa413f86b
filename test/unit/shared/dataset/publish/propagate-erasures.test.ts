import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { json } from '../../../../../shared/dataset/formats/json-format.ts';
import { ndjson } from '../../../../../shared/dataset/formats/ndjson.ts';
import { publish } from '../../../../../shared/dataset/publish/publish.ts';
import {
  listVersions,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { sweepSegments, sweepVersions } from '../../../../../shared/dataset/versions/retention.ts';
import { pendingErasures } from '../../../../../shared/submission/erasure/erasure-record.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { keysInOrder } from '../../../../support/keyring.ts';

const form = {
  survey: [
    {
      type: 'text',
      name: 'q',
      label: 'Q',
      visibility: 'public',
      review_text: 'yes',
      hxl: '#org+name',
    },
    {
      type: 'text',
      name: 'a',
      label: 'A',
      visibility: 'public',
      review_text: 'yes',
      hxl: '#activity+name',
    },
    {
      type: 'text',
      name: 'p',
      label: 'P',
      visibility: 'public',
      review_text: 'yes',
      hxl: '#adm1+name',
    },
  ],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

async function world(
  compile: (made: DatasetWorld) => Promise<unknown> = (made) => made.compile(),
): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  made.keys = keysInOrder('f', ['instance-1', 'instance-2', 'instance-3']);
  // The store dates objects by the real clock: the erasure must be later than they are.
  made.now = Date.now();
  await made.publishForm('f', form);
  await made.put('f', 'instance-1', { q: 'kept', a: 'a', p: 'p' });
  await made.put('f', 'instance-2', { q: 'canary-erased', a: 'a', p: 'p' });
  await compile(made);
  made.wait(60);
  return made;
}

/** Every object in which the erased answer still stands. */
async function traces(made: DatasetWorld): Promise<string[]> {
  const found: string[] = [];
  for (const key of made.objects.keys()) {
    const body = await made.objects.get(key);
    if (body === undefined) continue;
    const bytes = await buffer(body);
    const text = key.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
    if (text.includes('canary-erased')) found.push(key);
  }
  return found;
}

/**
 * The form's dataset in two formats, and one that is made from several forms: all others are dealt with
 * as these are, and to interrupt each of their operations takes minutes.
 */
async function compileTwo(made: DatasetWorld): Promise<void> {
  await made.compileForm('f', [json, ndjson]);
  await publish(made.deps, 'gaps');
}

async function sweep(made: DatasetWorld): Promise<void> {
  const form = await made.forms.record('f');
  if (form === undefined) throw new Error('No form.');
  await sweepSegments(made.deps, form);
  for (const datasetId of ['f', 'gaps']) await sweepVersions(made.deps, datasetId);
}

/** Every operation, in several tests so that none of them is long. */
const starts = [1, 2, 3, 4] as const;

describe('an erased submission', () => {
  it('is in no file of any version after the next compile', async () => {
    const made = await world();
    const { version } = await readManifest(made.deps, 'f', 'coordinator');
    expect((await traces(made)).length).toBeGreaterThan(5);
    await made.erase('f', 'instance-2');
    await made.compile();
    expect(await traces(made)).toEqual([]);
    expect(await pendingErasures(made.registry, 'f')).toEqual([]);
    const [current, earlier] = await listVersions(made.deps, 'f', 'coordinator');
    expect(current).toMatchObject({ state: 'published' });
    expect(earlier).toMatchObject({ version, state: 'withdrawn', reason: 'erasure' });
    await expect(readManifest(made.deps, 'f', 'coordinator', version)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await made.records('f')).map(({ id }) => id)).toEqual(['instance-1']);
  });

  it('leaves older versions too, when the current one no longer had it', async () => {
    const made = await world();
    await made.put('f', 'instance-2', { q: 'x' }, { revision: 2, state: 'withdrawn' });
    await made.compile();
    expect((await traces(made)).length).toBeGreaterThan(0);
    made.wait(600);
    await made.erase('f', 'instance-2');
    await made.compile();
    expect(await traces(made)).toEqual([]);
    expect(await pendingErasures(made.registry, 'f')).toEqual([]);
  });

  it.each(starts)('is gone whatever interrupts the compile (%i)', async (start) => {
    for (let at = start; ; at += starts.length) {
      const made = await world(compileTwo);
      await made.erase('f', 'instance-2');
      made.interruptions.plan({ at, fail: 'after' });
      await compileTwo(made).catch(() => undefined);
      const reached = made.interruptions.count >= at;
      made.interruptions.plan(undefined);
      await compileTwo(made);
      expect(await traces(made), `operation ${at}`).toEqual([]);
      expect(await pendingErasures(made.registry, 'f'), `operation ${at}`).toEqual([]);
      expect((await made.records('f')).map(({ id }) => id)).toEqual(['instance-1']);
      if (!reached) return;
    }
  });

  it.each(starts)(
    'is gone although another compile had begun, once what it left is swept (%i)',
    async (start) => {
      for (let at = start; ; at += starts.length) {
        const made = await world(compileTwo);
        await made.put('f', 'instance-3', { q: 'new' });
        made.interruptions.plan({
          at,
          meanwhile: async () => {
            made.wait(1);
            await made.erase('f', 'instance-2');
            await compileTwo(made);
          },
        });
        await compileTwo(made).catch(() => undefined);
        const reached = made.interruptions.count >= at;
        made.interruptions.plan(undefined);
        made.wait(1);
        await compileTwo(made);
        if (!reached) return;
        made.wait(2 * 86_400);
        await sweep(made);
        expect(await traces(made), `operation ${at}`).toEqual([]);
        const ids = (await made.records('f')).map(({ id }) => id);
        expect(ids, `operation ${at}`).toEqual(['instance-1', 'instance-3']);
      }
    },
  );
});

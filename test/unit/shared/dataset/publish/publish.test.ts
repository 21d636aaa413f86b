import { describe, expect, it } from 'vitest';
import { collect } from '../../../../../shared/dataset/segments/collect.ts';
import { csv } from '../../../../../shared/dataset/formats/csv-format.ts';
import { json } from '../../../../../shared/dataset/formats/json-format.ts';
import { publish } from '../../../../../shared/dataset/publish/publish.ts';
import { readDatasetPointer } from '../../../../../shared/dataset/versions/dataset-pointer.ts';
import {
  listDatasets,
  listVersions,
  openDatasetFile,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { shardOf } from '../../../../../shared/store/keys.ts';
import { DatasetWorld, shards } from '../../../../support/dataset-world.ts';
import { keysInOrder } from '../../../../support/keyring.ts';

const form = {
  survey: [
    { type: 'text', name: 'q', label: 'Q', visibility: 'public', review_text: 'yes' },
    { type: 'text', name: 'secret', label: 'S' },
    { type: 'begin_repeat', name: 'rows', label: 'R' },
    { type: 'text', name: 'r', label: 'R', visibility: 'public', review_text: 'yes' },
    { type: 'end_repeat' },
  ],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

async function world(records: readonly string[] = ['instance-1', 'instance-2']) {
  const made = new DatasetWorld();
  made.keys = keysInOrder('f', ['instance-1', 'instance-2', 'instance-3']);
  await made.publishForm('f', form);
  for (const id of records) await made.put('f', id, { q: id, secret: 's', rows: [{ r: 'x' }] });
  return made;
}

/** What a reader finds: every file of the current version whole, and `public/` showing one version. */
async function readWhole(made: DatasetWorld): Promise<string[] | undefined> {
  const pointer = await readDatasetPointer(made.registry, 'f');
  if (pointer === undefined) return undefined;
  const manifest = await readManifest(made.deps, 'f', 'coordinator');
  expect(manifest.version).toBe(pointer.version);
  for (const audience of ['public', 'members', 'coordinator'] as const) {
    for (const { name, bytes } of manifest.audiences[audience]?.files ?? []) {
      const { key } = await openDatasetFile(made.deps, 'f', name, audience);
      expect((await made.objects.info(key))?.bytes, key).toBe(bytes);
    }
  }
  const ids = (await made.records('f')).map(({ id }) => id as string);
  expect(ids).toHaveLength(manifest.audiences.coordinator?.rows ?? -1);
  return ids;
}

describe('publish', () => {
  it('makes a version with a manifest and shows it in public', async () => {
    const made = await world();
    await made.compile();
    const manifest = await readManifest(made.deps, 'f', 'coordinator');
    expect(manifest).toMatchObject({
      dataset: 'f',
      previous: null,
      cutOff: '2026-01-15T09:00:00.000Z',
      createdAt: '2026-01-15T09:00:00.000Z',
      forms: [{ formId: 'f', versions: ['1'] }],
      audiences: { public: { rows: 2 }, members: { rows: 2 }, coordinator: { rows: 2 } },
    });
    expect(manifest.audiences.public?.files.map(({ name, rows }) => [name, rows])).toEqual(
      expect.arrayContaining([
        ['f.csv', 2],
        ['f.rows.csv', 2],
        ['f.json', 2],
        ['f.parquet', 2],
      ]),
    );
    const { key } = await openDatasetFile(made.deps, 'f', 'f.json', 'public');
    expect(await made.read('public/f.json')).toBe(await made.read(key));
    expect(await made.objects.info('public/f.json')).toMatchObject({
      contentType: 'application/json',
      cacheControl: 'public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800',
    });
  });

  it('writes nothing when nothing changed, however often', async () => {
    const made = await world();
    await made.compile();
    const objects = await made.contents('');
    const { version } = await readManifest(made.deps, 'f', 'public');
    made.wait(3600);
    const { datasets } = await made.compile();
    expect(datasets.filter(({ changed }) => changed)).toEqual([]);
    expect(await made.contents('')).toEqual(objects);
    expect((await readManifest(made.deps, 'f', 'public')).version).toBe(version);
  });

  it('keeps the versions before, newest first', async () => {
    const made = await world();
    await made.compile();
    const first = await readManifest(made.deps, 'f', 'coordinator');
    made.wait(60);
    await made.put('f', 'instance-3', { q: '3' });
    await made.compile();
    const second = await readManifest(made.deps, 'f', 'coordinator');
    expect(second.previous).toBe(first.version);
    const versions = await listVersions(made.deps, 'f', 'coordinator');
    expect(versions.map(({ version }) => version)).toEqual([second.version, first.version]);
    const old = await readManifest(made.deps, 'f', 'coordinator', first.version);
    expect(old.audiences.coordinator?.rows).toBe(2);
  });

  it('makes a new version of a form that changes, and none of a draft', async () => {
    const made = await world();
    await made.compile();
    const draft = { ...form, settings: { ...form.settings, version: '2' } };
    await made.publishForm('f', draft);
    await made.forms.putDraft('g', { ...form, choices: [], settings: { form_title: 'G' } });
    const { datasets } = await made.compile();
    expect(datasets.find(({ dataset }) => dataset === 'f')).toMatchObject({ changed: true });
    expect(datasets.map(({ dataset }) => dataset)).not.toContain('g');
    await made.forms.close('f');
    await made.put('f', 'instance-9', { q: '9' });
    await made.compile();
    expect(await readWhole(made)).toContain('instance-9');
  });

  it('takes from public/ what the form no longer has', async () => {
    const made = await world();
    await made.compile();
    expect(made.objects.keys()).toContain('public/f.rows.csv');
    const survey = form.survey.map((row) => ({ ...row, visibility: 'members' }));
    await made.publishForm('f', { ...form, survey, settings: { form_title: 'F', version: '2' } });
    await made.compile();
    expect(made.objects.keys().filter((key) => key.startsWith('public/f.'))).toEqual([]);
  });

  it('leaves alone the public files of a form whose id begins like its own', async () => {
    const made = await world();
    await made.publishForm('f-rows', form);
    await made.put('f-rows', 'instance-x', { q: 'other' });
    await made.compile();
    made.wait(60);
    await made.put('f', 'instance-3', { q: '3' });
    await made.compile();
    expect(await made.read('public/f-rows.csv')).toContain('other');
    expect(await made.read('public/f-rows.rows.csv')).toContain('parent_id');
  });

  it('gives the same bytes in two places', async () => {
    const one = await world();
    const other = await world(['instance-2', 'instance-1']);
    await one.collectAll('f');
    await one.compile();
    await other.compile();
    expect(await one.contents('datasets/')).toEqual(await other.contents('datasets/'));
    expect(await one.contents('public/')).toEqual(await other.contents('public/'));
  });

  it('fails loudly on a damaged segment and leaves the old version', async () => {
    const made = await world();
    await made.compile();
    made.wait(60);
    await made.put('f', 'instance-3', { q: '3' });
    const shard = shardOf('instance-3', shards);
    await collect(made.deps, { formId: 'f', shard });
    const [key = ''] = made.objects
      .keys()
      .filter((name) => name.startsWith(`segments/f/${shard}/`));
    const keys = made.objects.keys().filter((name) => name.startsWith(`segments/f/${shard}/`));
    for (const name of keys) {
      await made.objects.put(name, Buffer.from('x'), { contentType: 'application/zstd' });
    }
    expect(key).not.toBe('');
    await expect(publish(made.deps, 'f')).rejects.toThrow('cannot be read');
    expect(await readWhole(made)).toEqual(['instance-1', 'instance-2']);
  });

  it('finishes the other datasets when one fails, then says so', async () => {
    const made = await world();
    await made.publishForm('g', { ...form, settings: { form_title: 'G', version: '1' } });
    await made.compile();
    for (const key of made.objects.keys()) {
      if (key.startsWith('segments/f/')) await made.objects.delete(key);
    }
    made.wait(60);
    await made.put('f', 'instance-3', { q: '3' });
    await made.put('g', 'instance-4', { q: '4' });
    await expect(made.compile()).rejects.toThrow(AggregateError);
    expect((await made.records('g')).map(({ id }) => id)).toEqual(['instance-4']);
  });
});

/**
 * The form's dataset alone, in two formats: all others are published and written as these are, and to
 * interrupt each of their operations takes minutes.
 */
async function compileForm(made: DatasetWorld): Promise<void> {
  await made.compileForm('f', [csv, json]);
}

describe('a compile cut short at any operation', () => {
  const cases = (['before', 'after'] as const).map((fail) => ({ fail }));

  it.each(cases)('leaves a whole version, and the next run completes ($fail)', async ({ fail }) => {
    for (let at = 1; ; at += 1) {
      const made = await world();
      await compileForm(made);
      made.wait(60);
      await made.put('f', 'instance-3', { q: '3' });
      await made.put('f', 'instance-1', { q: 'edited' }, { revision: 2 });
      made.interruptions.plan({ at, fail });
      const outcome = await compileForm(made).catch((error: unknown) => error);
      const reached = made.interruptions.count >= at;
      made.interruptions.plan(undefined);
      const ids = await readWhole(made);
      expect([2, 3], `operation ${at}`).toContain(ids?.length);
      await compileForm(made);
      expect(await readWhole(made), `operation ${at}`).toHaveLength(3);
      expect(await made.read('public/f.json'), `operation ${at}`).toContain('edited');
      const pointer = await readDatasetPointer(made.registry, 'f');
      expect(pointer?.publishedVersion).toBe(pointer?.version);
      if (!reached) {
        expect(outcome).not.toBeInstanceOf(Error);
        expect(at).toBeGreaterThan(50);
        return;
      }
    }
  });
});

describe('two compiles at once', () => {
  it('at every operation leave a whole version with every submission in one row', async () => {
    for (let at = 1; ; at += 1) {
      const made = await world();
      made.interruptions.plan({
        at,
        meanwhile: async () => {
          await made.put('f', 'instance-3', { q: '3' });
          await compileForm(made);
        },
      });
      await compileForm(made);
      const reached = made.interruptions.count >= at;
      made.interruptions.plan(undefined);
      const during = await readWhole(made);
      expect(new Set(during).size).toBe(during?.length);
      await compileForm(made);
      const ids = reached
        ? ['instance-1', 'instance-2', 'instance-3']
        : ['instance-1', 'instance-2'];
      expect(await readWhole(made), `operation ${at}`).toEqual(ids);
      const { key } = await openDatasetFile(made.deps, 'f', 'f.json', 'public');
      expect(await made.read('public/f.json'), `operation ${at}`).toBe(await made.read(key));
      if (!reached) return;
    }
  });
});

describe('a compile overtaken by one that shows less', () => {
  const version = (number: string, survey: readonly object[]) => ({
    ...form,
    survey,
    settings: { ...form.settings, version: number },
  });
  it.each([
    [
      'a record was withdrawn',
      (made: DatasetWorld) =>
        made.put('f', 'instance-9', {}, { revision: 2, state: 'withdrawn', formVersion: '2' }),
    ],
    [
      'the form shows one table less',
      (made: DatasetWorld) => made.publishForm('f', version('3', form.survey.slice(0, 2))),
    ],
  ])('leaves nothing in public that is no longer to be shown: %s', async (_, less) => {
    for (let at = 1; ; at += 1) {
      const made = new DatasetWorld();
      await made.publishForm('f', version('1', form.survey.slice(0, 2)));
      await made.put('f', 'instance-1', { q: '1' });
      await compileForm(made);
      await made.publishForm('f', version('2', form.survey));
      await made.put('f', 'instance-9', { q: '9', rows: [{ r: '9' }] }, { formVersion: '2' });
      const meanwhile = async () => {
        made.wait(1);
        await less(made);
        await compileForm(made);
      };
      made.interruptions.plan({ at, meanwhile });
      await compileForm(made);
      const reached = made.interruptions.count >= at;
      made.interruptions.plan(undefined);
      if (!reached) return;
      const files = (await readManifest(made.deps, 'f', 'public')).audiences.public?.files ?? [];
      const shown = made.objects.keys().filter((key) => key.startsWith('public/f.'));
      expect(shown, `operation ${at}`).toEqual(files.map(({ name }) => `public/${name}`).sort());
      for (const { name } of files) {
        const { key } = await openDatasetFile(made.deps, 'f', name, 'public');
        const text = await made.read(`public/${name}`);
        expect(text === (await made.read(key)), `operation ${at}, ${name}`).toBe(true);
      }
    }
  });
});

describe('readers', () => {
  it('see what is theirs alone of a manifest', async () => {
    const made = await world();
    await made.compile();
    const manifest = await readManifest(made.deps, 'f', 'members');
    expect(Object.keys(manifest.audiences)).toEqual(['public', 'members']);
    expect(manifest.withheld).toEqual({});
    const listed = await listDatasets(made.deps, 'public');
    expect(listed.map(({ dataset }) => dataset)).toEqual(['catalog', 'f']);
    const members = await listDatasets(made.deps, 'members');
    expect(members.map(({ dataset }) => dataset)).toContain('coverage');
  });

  it.each([
    ['f', 'other.csv', undefined],
    ['f', 'f.csv', 'no-version'],
    ['nothing', 'nothing.csv', undefined],
    ['../f', 'f.csv', undefined],
    ['coverage', 'coverage.json', undefined],
  ])('get not-found for %s, file %s, version %s', async (datasetId, file, version) => {
    const made = await world();
    await made.compile();
    await expect(
      openDatasetFile(made.deps, datasetId, file, 'public', version),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});

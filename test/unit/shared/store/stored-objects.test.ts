import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Manifest } from '../../../../shared/dataset/manifest.ts';
import { segmentLines, writeSegment } from '../../../../shared/dataset/segment-file.ts';
import { segmentFormat } from '../../../../shared/dataset/segment-pointer.ts';
import { readStoredManifest } from '../../../../shared/dataset/stored-manifest.ts';
import { FormDefinition } from '../../../../shared/form/definition.ts';
import { FormMedia } from '../../../../shared/form/form-media.ts';
import { FormShelf } from '../../../../shared/form/form-shelf.ts';
import { MemoryObjectStore } from '../../../support/memory-object-store.ts';

const folder = new URL('../../../fixtures/records/objects/', import.meta.url);
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, folder));
const json = { contentType: 'application/json' };
const examples = (start: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${start}-`))
    .sort();
const keysOf = (value: unknown): string[] =>
  Object.keys(z.record(z.string(), z.unknown()).parse(value)).sort();
const lastOf = (start: string): unknown =>
  JSON.parse(bytesOf(examples(start).at(-1) ?? '').toString('utf8'));

/** What the pointers of the two segments say. */
const segments = [
  { name: 'segment-1.ndjson.zst', indexAt: 0, indexSha256: '' },
  {
    name: 'segment-2.ndjson.zst',
    indexAt: 159,
    indexSha256: '77b36752e760931754b54d77959cad65dcff061b4668b6b8ecc74659750d223f',
  },
];
const sha256 = '674ca7134f57c3e2a959baf4c5260de3f44501f9f2f8aa4e7b169137dd909c55';

const storeOf = async (key: string, name: string): Promise<MemoryObjectStore> => {
  const objects = new MemoryObjectStore();
  await objects.put(key, bytesOf(name), json);
  return objects;
};

describe('an object that was once stored is read today:', () => {
  it('has an example of each format of segments', () => {
    expect(examples('segment')).toEqual(segments.map(({ name }) => name));
    expect(segments).toHaveLength(segmentFormat);
  });

  it.each(segments)('$name', async ({ name, indexAt, indexSha256 }) => {
    const objects = await storeOf('s', name);
    const lines: string[] = [];
    const place = { key: 's', sha256, rows: 3, indexAt, indexSha256 };
    for await (const batch of segmentLines(objects, place)) lines.push(...batch);
    expect(lines).toHaveLength(3);
    expect(hash('sha256', `${lines.join('\n')}\n`)).toBe(sha256);
  });

  it.each(examples('manifest'))('%s', async (name) => {
    const objects = await storeOf('datasets/survey/v1/manifest.json', name);
    const { createdAt, ...manifest } = await readStoredManifest(objects, 'survey', 'v1');
    expect(createdAt).toBe('2026-11-02T08:00:00.000Z');
    expect(manifest).toMatchObject({
      dataset: 'survey',
      audiences: { public: { rows: 1, files: [{ name: 'survey.csv' }] } },
      risk: null,
    });
  });

  it.each(examples('definition'))('%s', async (name) => {
    const shelf = new FormShelf(await storeOf('forms/survey/d.json', name));
    expect(await shelf.definition('forms/survey/d.json')).toEqual(
      JSON.parse(bytesOf(name).toString('utf8')),
    );
  });

  it.each(examples('media'))('%s', async (name) => {
    const shelf = new FormShelf(await storeOf('forms/survey/files/m.json', name));
    expect(await shelf.media('forms/survey/files/m.json')).toEqual(
      JSON.parse(bytesOf(name).toString('utf8')),
    );
  });
});

describe('an object that is stored today', () => {
  it.each([
    ['manifest', Object.keys(Manifest.shape), lastOf('manifest')],
    ['definition', Object.keys(FormDefinition.shape), lastOf('definition')],
    ['media', Object.keys(FormMedia.shape), z.array(z.unknown()).parse(lastOf('media')).at(0)],
  ])('has what the last example has, or there has to be another one: %s', (_, shape, example) => {
    expect(shape.sort()).toEqual(keysOf(example));
  });

  it('is a segment with the same index', async () => {
    const objects = await storeOf('s', 'segment-2.ndjson.zst');
    const [, { indexAt, indexSha256 } = { indexAt: 0, indexSha256: '' }] = segments;
    const place = { key: 's', sha256, rows: 3, indexAt, indexSha256 };
    const { spool, ...written } = await writeSegment(segmentLines(objects, place));
    await spool.close();
    // Not its compressed length: another release of zstd may have another one.
    expect(written).toMatchObject({ sha256, rows: 3, bytes: 576 });
  });
});

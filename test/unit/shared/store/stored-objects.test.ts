import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  Manifest,
  readStoredManifest,
} from '../../../../shared/dataset/versions/version-manifest.ts';
import {
  idOfLine,
  segmentLines,
  writeSegment,
} from '../../../../shared/dataset/segments/segment-file.ts';
import { segmentFormat } from '../../../../shared/dataset/segments/segment-pointer.ts';
import { FormDefinitionSchema } from '../../../../shared/form/definition-schema.ts';
import { FormMedia } from '../../../../shared/form/library/form-media.ts';
import { FormCache } from '../../../../shared/form/library/form-cache.ts';
import { schemaOf } from '../../../../shared/store/record-kinds.ts';
import type { StoredRecord } from '../../../../shared/store/record-store.ts';
import { segmentLine } from '../../../../shared/submission/records/head-record.ts';
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

/** What the pointer of the last one says; those of earlier formats are collected anew, and not read. */
const segment = {
  key: 's',
  rows: 3,
  indexAt: 240,
  sha256: '13efaa2cdb30d0e82caa268712d65dffbd2f3e5f3bdff39b24e4f0d7275fa23e',
  indexSha256: 'e0766b656714c2e8ab8ad5c5c735bfd1af101575ecf34c01be10217886bf6bf5',
};

const Line = z.looseObject({
  instanceId: z.string(),
  revision: z.int(),
  state: z.string(),
  organisation: z.string(),
  formVersion: z.string(),
  receivedAt: z.string(),
  updatedAt: z.string(),
  reviewed: z.boolean(),
  refused: z.boolean(),
  answers: z.json(),
});

/** The head that a line was made of. */
function headOf(line: string): StoredRecord {
  const row = Line.parse(JSON.parse(line));
  const { instanceId, revision, state, formVersion, receivedAt, updatedAt } = row;
  return {
    pk: 'survey#0',
    sk: instanceId,
    at: updatedAt,
    org: row.organisation,
    revision,
    state,
    formVersion,
    receivedAt,
    answers: JSON.stringify(row.answers),
    ...(row.reviewed ? { review: JSON.stringify({ decision: 'accept', at: updatedAt }) } : {}),
    ...(row.refused ? { refused: true } : {}),
    schema: schemaOf('submission'),
  };
}

const storeOf = async (key: string, name: string): Promise<MemoryObjectStore> => {
  const objects = new MemoryObjectStore();
  await objects.put(key, bytesOf(name), json);
  return objects;
};

describe('an object that was once stored is read today:', () => {
  it('has an example of each format of segments', () => {
    expect(examples('segment')).toHaveLength(segmentFormat);
  });

  it('a segment', async () => {
    const objects = await storeOf('s', examples('segment').at(-1) ?? '');
    const lines: string[] = [];
    for await (const batch of segmentLines(objects, segment)) lines.push(...batch);
    expect(lines).toHaveLength(3);
    expect(hash('sha256', `${lines.join('\n')}\n`)).toBe(segment.sha256);
    expect(lines.map((line) => segmentLine(headOf(line), idOfLine(line)))).toEqual(lines);
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
    const cache = new FormCache(await storeOf('forms/survey/d.json', name));
    expect(await cache.definition('forms/survey/d.json')).toEqual(
      JSON.parse(bytesOf(name).toString('utf8')),
    );
  });

  it.each(examples('media'))('%s', async (name) => {
    const cache = new FormCache(await storeOf('forms/survey/files/m.json', name));
    expect(await cache.media('forms/survey/files/m.json')).toEqual(
      JSON.parse(bytesOf(name).toString('utf8')),
    );
  });
});

describe('an object that is stored today', () => {
  it.each([
    ['manifest', Object.keys(Manifest.shape), lastOf('manifest')],
    ['definition', Object.keys(FormDefinitionSchema.shape), lastOf('definition')],
    ['media', Object.keys(FormMedia.shape), z.array(z.unknown()).parse(lastOf('media')).at(0)],
  ])('has what the last example has, or there has to be another one: %s', (_, shape, example) => {
    expect(shape.sort()).toEqual(keysOf(example));
  });

  it('is a segment with the same index', async () => {
    const objects = await storeOf('s', examples('segment').at(-1) ?? '');
    const { spool, ...written } = await writeSegment(segmentLines(objects, segment));
    await spool.close();
    // Not its compressed length: another release of zstd may have another one.
    expect(written).toMatchObject({ sha256: segment.sha256, rows: 3, bytes: 770 });
  });
});

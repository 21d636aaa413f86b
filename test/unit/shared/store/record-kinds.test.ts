import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { attribute, registryKey } from '../../../../shared/store/keys.ts';
import { schemaOf, type RecordKind } from '../../../../shared/store/record-kinds.ts';
import type { StoredRecord } from '../../../../shared/store/record-store.ts';
import { MemoryRecordStore } from '../../../support/memory-record-store.ts';
import {
  knownTokenId,
  storedKinds,
  writtenToday,
  type TestedKind,
} from '../../../support/stored-kinds.ts';

const folder = new URL('../../../fixtures/records/', import.meta.url);
const kinds = z.array(z.custom<TestedKind>()).parse(Object.keys(storedKinds));

const StoredRecords = z.array(
  z
    .object({ pk: z.string(), sk: z.string() })
    .catchall(z.union([z.string(), z.number(), z.boolean()])),
);

function goldenOf(kind: TestedKind, version: number): StoredRecord[] {
  const file = new URL(`${kind}/${version}.json`, folder);
  return StoredRecords.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** What is read of a record that stands in a store alone. */
async function readingOf(kind: TestedKind, record: StoredRecord): Promise<unknown> {
  const store = new MemoryRecordStore();
  await store.put(record);
  return storedKinds[kind].read(store, record);
}

const later = (kind: TestedKind): StoredRecord[] =>
  goldenOf(kind, schemaOf(kind)).map((record) => ({
    ...record,
    [attribute.schema]: schemaOf(kind) + 1,
  }));

describe('what was once stored', () => {
  it('is kept as it was, as an example of what must be readable for ever', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.pathname.length));
    const sums = files.sort().map((file) => {
      const bytes = readFileSync(new URL(file.replace(/^\//, ''), folder));
      return `${createHash('sha256').update(bytes).digest('hex')}  ${file.replace(/^\//, '')}\n`;
    });
    expect(readFileSync(new URL('SHA256SUMS', folder), 'utf8')).toBe(sums.join(''));
  });

  it.each(kinds)('has an example of each version, and no other: %s', (kind) => {
    const versions = Array.from({ length: schemaOf(kind) }, (_, index) => `${index + 1}.json`);
    expect(readdirSync(new URL(kind, folder)).sort()).toEqual(versions);
  });

  it.each(
    kinds.flatMap((kind) =>
      Array.from({ length: schemaOf(kind) }, (_, index) => [kind, index + 1] as const),
    ),
  )('is read as what is stored today: %s, version %d', async (kind, version) => {
    const today = new Map(
      goldenOf(kind, schemaOf(kind)).map((record) => [`${record.pk} ${record.sk}`, record]),
    );
    for (const record of goldenOf(kind, version)) {
      expect(record[attribute.schema] ?? 1).toBe(version);
      const same = today.get(`${record.pk} ${record.sk}`) ?? record;
      const [reading, wanted] = [await readingOf(kind, record), await readingOf(kind, same)];
      // What nothing can tell now is left out, nothing is told otherwise.
      expect({ reading: wanted }).toMatchObject({ reading });
    }
  });
});

describe('what is stored today', () => {
  it.each(kinds)('is of the last version, or that has to go up: %s', async (kind) => {
    expect(await writtenToday(kind)).toEqual(goldenOf(kind, schemaOf(kind)));
  });

  it('has a kind for every key of the registry', () => {
    const key = z.function({ input: [z.string(), z.any(), z.string()], output: z.any() });
    const names = Object.values(registryKey).map(
      (keyOf) => z.object({ pk: z.string() }).parse(key.implement(keyOf)('a', 'b', 'c')).pk,
    );
    const known: readonly (RecordKind | '')[] = [...kinds, 'setup'];
    for (const name of names) expect(known).toContain(name.split('#')[0]);
  });
});

describe('what a later release has stored', () => {
  /** But for a token that nobody shows: it is not read. */
  const read = kinds
    .flatMap((kind) => later(kind).map((record) => [kind, record.sk, record] as const))
    .filter(([kind, sk]) => kind !== 'token' || sk === knownTokenId);

  it.each(read)('is refused for a while, not misread: %s %s', async (kind, _, record) => {
    const store = new MemoryRecordStore();
    await store.put(record);
    const reading = Promise.resolve().then(() => storedKinds[kind].read(store, record));
    await expect(reading).rejects.toMatchObject({
      code: 'store-unavailable',
      cause: { name: 'LaterSchema' },
    });
    expect(store.all()).toContainEqual(record);
  });

  it.each(kinds)('is never written over: %s', async (kind) => {
    const store = new MemoryRecordStore();
    const records = later(kind);
    for (const record of records) await store.put(record);
    const refused = await Promise.resolve()
      .then(() => storedKinds[kind].write(store))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(store.all()).toEqual(expect.arrayContaining(records));
    if (refused !== undefined) expect(refused).toMatchObject({ code: 'store-unavailable' });
  });
});

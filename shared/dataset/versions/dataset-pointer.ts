import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../../store/record-store.ts';

/** Which version of a dataset is current: what readers follow. */
const Stored = z.object({
  revision: z.int().min(1),
  version: z.string(),
  /** The version that `public/` shows in full; '' or another one: refreshing it is not over. */
  publishedVersion: z.string(),
  /** Hash of all that the version was made from. */
  fingerprint: z.string(),
  cutOff: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  /** Rows that the coordinator sees. */
  rows: z.int(),
  /**
   * SHA-256 of the names and hashes of its public files, and the day of their last change; '': there are
   * none. Pointers of before do not say it.
   */
  publicFiles: z.exactOptional(z.string()),
  publicCutOff: z.exactOptional(z.string()),
  /** By form: hash of the segments that the version was made from. */
  sources: storedJson(z.record(z.string(), z.string())),
});
export type DatasetPointer = z.infer<typeof Stored>;

const read = (record: StoredRecord) => Stored.parse(upgraded('dataset', record));

export async function readDatasetPointer(
  registry: RecordStore,
  datasetId: string,
): Promise<DatasetPointer | undefined> {
  const record = await registry.get(registryKey.dataset(datasetId));
  return record === undefined ? undefined : read(record);
}

/** The pointers of all datasets that have a version, by id. */
export async function readDatasetPointers(
  registry: RecordStore,
): Promise<ReadonlyMap<string, DatasetPointer>> {
  const pointers = new Map<string, DatasetPointer>();
  for await (const page of pagesOf(registry, { partition: registryKey.dataset('').pk })) {
    for (const record of page) pointers.set(record.sk, read(record));
  }
  return pointers;
}

/** Replaces the pointer if it is still `previous`; undefined: another one was faster. */
export async function flipDatasetPointer(
  registry: RecordStore,
  datasetId: string,
  previous: DatasetPointer | undefined,
  next: Omit<DatasetPointer, 'revision'>,
): Promise<DatasetPointer | undefined> {
  const flipped = { ...next, revision: (previous?.revision ?? 0) + 1 };
  const record: StoredRecord = {
    ...flipped,
    ...registryKey.dataset(datasetId),
    sources: JSON.stringify(next.sources),
    schema: schemaOf('dataset'),
  };
  const won =
    previous === undefined
      ? (await registry.putIfAbsent(record)) === undefined
      : await registry.putIfRevision(record, previous.revision);
  return won ? flipped : undefined;
}

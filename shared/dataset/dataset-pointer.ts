import * as z from 'zod';
import { registryKey } from '../store/keys.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../store/record-store.ts';

const json = <T extends z.ZodType>(inner: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(inner);

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
  /** By form: hash of the segments that the version was made from. */
  sources: json(z.record(z.string(), z.string())),
});
export type DatasetPointer = z.infer<typeof Stored>;

export async function readDatasetPointer(
  registry: RecordStore,
  datasetId: string,
): Promise<DatasetPointer | undefined> {
  const record = await registry.get(registryKey.dataset(datasetId));
  return record === undefined ? undefined : Stored.parse(record);
}

/** The pointers of all datasets that have a version, by id. */
export async function readDatasetPointers(
  registry: RecordStore,
): Promise<ReadonlyMap<string, DatasetPointer>> {
  const pointers = new Map<string, DatasetPointer>();
  for await (const page of pagesOf(registry, { partition: registryKey.dataset('').pk })) {
    for (const record of page) pointers.set(record.sk, Stored.parse(record));
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
  };
  const won =
    previous === undefined
      ? (await registry.putIfAbsent(record)) === undefined
      : await registry.putIfRevision(record, previous.revision);
  return won ? flipped : undefined;
}

const StoredVersion = z.object({
  sk: z.string(),
  cutOff: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  state: z.enum(['published', 'withdrawn']),
  /** Why it was withdrawn. */
  reason: z.string().optional(),
});

/** One version that is or was current. */
export interface DatasetVersion {
  readonly version: string;
  readonly cutOff: string;
  readonly createdAt: string;
  readonly state: 'published' | 'withdrawn';
  readonly reason?: string;
}

/**
 * Notes that the version which the pointer names has been current. Done once it is, so that no
 * version is ever listed that lost against another one, and again before the next one is: a run may
 * have been cut short in between.
 */
export async function noteVersion(
  registry: RecordStore,
  datasetId: string,
  { version, cutOff, createdAt }: DatasetPointer,
): Promise<void> {
  const key = registryKey.datasetVersion(datasetId, version);
  await registry.putIfAbsent({ ...key, revision: 1, cutOff, createdAt, state: 'published' });
}

export async function withdrawVersion(
  registry: RecordStore,
  datasetId: string,
  { version, ...rest }: DatasetVersion,
  reason: string,
): Promise<void> {
  const key = registryKey.datasetVersion(datasetId, version);
  await registry.put({ ...key, ...rest, revision: 2, state: 'withdrawn', reason });
}

/** All versions of a dataset, newest first, withdrawn ones too. */
export async function readDatasetVersions(
  registry: RecordStore,
  datasetId: string,
): Promise<readonly DatasetVersion[]> {
  const versions: DatasetVersion[] = [];
  const partition = registryKey.datasetVersion(datasetId, '').pk;
  for await (const page of pagesOf(registry, { partition })) {
    for (const record of page) {
      const { sk, reason, ...stored } = StoredVersion.parse(record);
      versions.push({ version: sk, ...stored, ...(reason === undefined ? {} : { reason }) });
    }
  }
  return versions.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

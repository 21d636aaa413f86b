import * as z from 'zod';
import type { Keyring } from '../../access/keyring.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../../store/record-store.ts';

/**
 * Grows when the lines of a segment change their form, or how they are kept: segments of another
 * format are collected anew, and not read. 1: one zstd frame. 2: many, with an index behind them. 3:
 * lines have public ids and stand in their order.
 */
export const segmentFormat = 3;

/** Where the current segment of a shard is, and up to when it knows the record store. */
export const SegmentPointer = z.object({
  revision: z.int().min(1),
  format: z.int(),
  key: z.string(),
  /** SHA-256 (hex) of the uncompressed lines: another release of zstd does not make other data. */
  sha256: z.string(),
  rows: z.int().min(0),
  /** Of the uncompressed lines. */
  bytes: z.int().min(0),
  /** Where the index of the frames before it begins: see segment-file.ts. */
  indexAt: z.int().min(0),
  /** SHA-256 (hex) of the index. */
  indexSha256: z.string(),
  /** Fingerprint of the keyring that its public ids were made with; '' before format 3. */
  keys: z.string().default(''),
  /** When the last collect began that wrote this pointer: what is older than this is in the segment. */
  cutOff: z.iso.datetime(),
  /** When the collect began that last changed the rows. */
  changedAt: z.iso.datetime(),
});
export type SegmentPointer = z.infer<typeof SegmentPointer>;

const read = (record: StoredRecord) => SegmentPointer.parse(upgraded('segment', record));

/**
 * The key of the object that holds a segment. It names the index, too, and by it the compressed
 * bytes: two releases of zstd, at work at the same time, do not write over each other's.
 */
export function segmentKey(
  formId: string,
  shard: number,
  { sha256, indexSha256 }: Pick<SegmentPointer, 'sha256' | 'indexSha256'>,
): string {
  return `segments/${formId}/${shard}/${sha256}.${indexSha256.slice(0, 12)}.ndjson.zst`;
}

/** What a pointer says, for another one that says the same. */
export function factsOf(pointer: SegmentPointer): Omit<SegmentPointer, 'revision' | 'format'> {
  const { key, sha256, rows, bytes, indexAt, indexSha256, keys, cutOff, changedAt } = pointer;
  return { key, sha256, rows, bytes, indexAt, indexSha256, keys, cutOff, changedAt };
}

/** Whether its lines are as they are written today, with ids made with the keyring as it is. */
export function isReadable(
  { format, keys }: Pick<SegmentPointer, 'format' | 'keys'>,
  keyring: Keyring,
): boolean {
  return format === segmentFormat && keys === keyring.fingerprint;
}

export async function readSegmentPointer(
  registry: RecordStore,
  formId: string,
  shard: number,
): Promise<SegmentPointer | undefined> {
  const record = await registry.get(registryKey.segment(formId, shard));
  return record === undefined ? undefined : read(record);
}

/** The pointers of all shards, by shard: undefined where nothing was collected yet. */
export async function readSegmentPointers(
  registry: RecordStore,
  formId: string,
  shards: number,
): Promise<readonly (SegmentPointer | undefined)[]> {
  const byShard = new Map<string, SegmentPointer>();
  const { pk } = registryKey.segment(formId, 0);
  for await (const page of pagesOf(registry, { partition: pk })) {
    for (const record of page) byShard.set(record.sk, read(record));
  }
  return Array.from({ length: shards }, (_, shard) => byShard.get(String(shard)));
}

/**
 * Replaces the pointer if it is still `previous` (undefined: if there is none). False: another
 * collect was faster.
 */
export async function flipSegmentPointer(
  registry: RecordStore,
  formId: string,
  shard: number,
  previous: SegmentPointer | undefined,
  next: Omit<SegmentPointer, 'revision' | 'format'>,
): Promise<boolean> {
  const record: StoredRecord = {
    ...registryKey.segment(formId, shard),
    ...next,
    format: segmentFormat,
    revision: (previous?.revision ?? 0) + 1,
    schema: schemaOf('segment'),
  };
  if (previous === undefined) return (await registry.putIfAbsent(record)) === undefined;
  return registry.putIfRevision(record, previous.revision);
}

import * as z from 'zod';
import type { Keyring } from '../../access/keyring.ts';
import { registryKey, shardOfHash } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import { erasureName, isPlainName } from './erasure-name.ts';

/**
 * That a submission is being erased (`erasing`: its head may still be there) or has been (`erased`,
 * and at that time). Compile withdraws the older versions of datasets that held it, known by its name
 * (erasure-name.ts), and forgets the erasure only once it is `erased` and a collect that began after
 * `at` has been published: before that, a version that still holds it could yet appear.
 */
const Erasure = z.object({
  sk: z.string(),
  state: z.enum(['erasing', 'erased']),
  at: z.iso.datetime(),
  shard: z.int().exactOptional(),
});

export interface Erasure {
  /** What the submission is called: one of `erasureNames`. */
  readonly instanceHash: string;
  readonly state: 'erasing' | 'erased';
  readonly at: string;
  /** Where its head is or was; absent: its name does not tell. */
  readonly shard?: number;
}

interface ErasureStores {
  readonly registry: RecordStore;
  readonly keys: Keyring;
}

export async function noteErasure(
  { registry, keys }: ErasureStores,
  { formId, instanceId, shard }: { formId: string; instanceId: string; shard: number },
  state: Erasure['state'],
  at: Date,
): Promise<void> {
  const name = erasureName(keys, formId, instanceId);
  await noteErasureOfHash(registry, formId, name, state, at, shard);
}

/** The same when only the name of the submission is known, and perhaps not in which shard it was. */
export async function noteErasureOfHash(
  registry: RecordStore,
  formId: string,
  instanceHash: string,
  state: Erasure['state'],
  at: Date,
  shard?: number,
): Promise<void> {
  await registry.put({
    ...registryKey.erasure(formId, instanceHash),
    revision: 1,
    state,
    // Not `at`: that attribute is the submissions table's, where it puts a record into an index.
    notedAt: at.toISOString(),
    ...(shard === undefined ? {} : { shard }),
    schema: schemaOf('erasure'),
  });
}

/** True if the record of an erasure can be in that shard, of so many. */
export function mayBeIn(
  { instanceHash, shard }: Pick<Erasure, 'instanceHash' | 'shard'>,
  one: number,
  shards: number,
): boolean {
  if (shard !== undefined) return shard === one;
  return !isPlainName(instanceHash) || shardOfHash(instanceHash, shards) === one;
}

/** The erasures of a form that compile has not dealt with yet. */
export async function pendingErasures(registry: RecordStore, formId: string): Promise<Erasure[]> {
  const pending: Erasure[] = [];
  const partition = registryKey.erasure(formId, '').pk;
  for await (const records of pagesOf(registry, { partition })) {
    for (const record of records) {
      const stored = upgraded('erasure', record);
      const { sk, ...noted } = Erasure.parse({ ...stored, at: stored['notedAt'] });
      pending.push({ instanceHash: sk, ...noted });
    }
  }
  return pending;
}

import * as z from 'zod';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../store/record-store.ts';
import { sha256 } from './content-hash.ts';

/**
 * That a submission is being erased (`erasing`: its head may still be there) or has been (`erased`,
 * and at that time). Compile withdraws the older versions of datasets that held it, known by the
 * hash of its id, and forgets the erasure only once it is `erased` and a collect that began after
 * `at` has been published: before that, a version that still holds it could yet appear.
 */
const Erasure = z.object({
  sk: z.string(),
  state: z.enum(['erasing', 'erased']),
  at: z.iso.datetime(),
});

export interface Erasure {
  /** SHA-256 (hex) of the instanceId. */
  readonly instanceHash: string;
  readonly state: 'erasing' | 'erased';
  readonly at: string;
}

export async function noteErasure(
  registry: RecordStore,
  formId: string,
  instanceId: string,
  state: Erasure['state'],
  at: Date,
): Promise<void> {
  await noteErasureOfHash(registry, formId, sha256(instanceId), state, at);
}

/** The same when only SHA-256 (hex) of the instanceId is known. */
export async function noteErasureOfHash(
  registry: RecordStore,
  formId: string,
  instanceHash: string,
  state: Erasure['state'],
  at: Date,
): Promise<void> {
  await registry.put({
    ...registryKey.erasure(formId, instanceHash),
    revision: 1,
    state,
    // Not `at`: that attribute is the submissions table's, where it puts a record into an index.
    notedAt: at.toISOString(),
    schema: schemaOf('erasure'),
  });
}

/** The erasures of a form that compile has not dealt with yet. */
export async function pendingErasures(registry: RecordStore, formId: string): Promise<Erasure[]> {
  const pending: Erasure[] = [];
  const partition = registryKey.erasure(formId, '').pk;
  for await (const records of pagesOf(registry, { partition })) {
    for (const record of records) {
      const stored = upgraded('erasure', record);
      const { sk, state, at } = Erasure.parse({ ...stored, at: stored['notedAt'] });
      pending.push({ instanceHash: sk, state, at });
    }
  }
  return pending;
}

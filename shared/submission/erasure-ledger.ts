import { json } from 'node:stream/consumers';
import * as z from 'zod';
import type { ObjectStore } from '../objects/object-store.ts';
import { sha256 } from './content-hash.ts';

/**
 * That a submission was erased, as it is remembered for ever, apart from the tables: a table that is
 * restored as it was before must not bring the submission back. Nothing personal is in it.
 */
export const LedgerEntry = z.object({
  formId: z.string(),
  /** SHA-256 (hex) of the instanceId. */
  instanceHash: z.string().regex(/^[0-9a-f]{64}$/),
  erasedAt: z.iso.datetime(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

const prefix = 'erasures/';

function keyOf({ formId, instanceHash }: Pick<LedgerEntry, 'formId' | 'instanceHash'>): string {
  return `${prefix}${formId}/${instanceHash}.json`;
}

/** Notes an erasure. One that was noted before stays as it is. */
export async function noteInLedger(
  objects: ObjectStore,
  formId: string,
  instanceId: string,
  at: Date,
): Promise<void> {
  const instanceHash = sha256(instanceId);
  await putLedgerEntry(objects, { formId, instanceHash, erasedAt: at.toISOString() });
}

export async function putLedgerEntry(objects: ObjectStore, entry: LedgerEntry): Promise<void> {
  const body = Buffer.from(`${JSON.stringify({ ...entry, schema: 1 })}\n`);
  await objects.putIfAbsent(keyOf(entry), body, { contentType: 'application/json' });
}

/**
 * The erasures that an object store remembers, in pages; those that `isKnown` are not read. Throws
 * ZodError on an object that is none of them.
 */
export async function* readLedger(
  objects: ObjectStore,
  isKnown: (formId: string, instanceHash: string) => boolean = () => false,
): AsyncGenerator<readonly LedgerEntry[]> {
  for await (const page of objects.list(prefix)) {
    const entries: LedgerEntry[] = [];
    for (const { key } of page) {
      const [formId = '', file = ''] = key.slice(prefix.length).split('/');
      if (isKnown(formId, file.replace(/\.json$/, ''))) continue;
      const body = await objects.get(key);
      if (body !== undefined) entries.push(LedgerEntry.parse(await json(body)));
    }
    yield entries;
  }
}

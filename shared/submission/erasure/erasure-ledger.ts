import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { hash } from 'node:crypto';
import type { Keyring } from '../../access/keyring.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { erasureName, isGuessable, isPlainName, keyedErasureNames } from './erasure-name.ts';
import { isHeadKey, shardKey, shardOfHash } from '../../store/keys.ts';
import { pagesOf } from '../../store/record-store.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';

/**
 * That a submission was erased, as it is remembered for ever, apart from the tables: a table that is
 * restored as it was before must not bring the submission back. Nothing personal is in it, nor can be
 * found by guessing: see erasure-name.ts.
 */
export const LedgerEntry = z.object({
  formId: z.string(),
  /** What the submission is called; of before there were keys, SHA-256 (hex) of the instanceId. */
  instanceHash: z.string().regex(/^(?:[a-z0-9]{1,32}-)?[0-9a-f]{64}$/),
  erasedAt: z.iso.datetime(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

const prefix = 'erasures/';

function ledgerKey({ formId, instanceHash }: Pick<LedgerEntry, 'formId' | 'instanceHash'>): string {
  return `${prefix}${formId}/${instanceHash}.json`;
}

/** What the ledger and the tombstones of guessable ids need from outside. */
interface LedgerStores {
  readonly objects: ObjectStore;
  readonly keys: Keyring;
}

/** Notes an erasure. One that was noted before stays as it is. */
export async function noteInLedger(
  { objects, keys }: LedgerStores,
  formId: string,
  instanceId: string,
  at: Date,
): Promise<void> {
  const instanceHash = erasureName(keys, formId, instanceId);
  await putLedgerEntry(objects, { formId, instanceHash, erasedAt: at.toISOString() });
}

export async function putLedgerEntry(objects: ObjectStore, entry: LedgerEntry): Promise<void> {
  const body = Buffer.from(`${JSON.stringify({ ...entry, schema: 2 })}\n`);
  await objects.putIfAbsent(ledgerKey(entry), body, { contentType: 'application/json' });
}

/** Since when the ledger has had a submission under one of its keys; undefined: it has not. */
export async function inLedgerSince(
  { objects, keys }: LedgerStores,
  formId: string,
  instanceId: string,
): Promise<Date | undefined> {
  for (const instanceHash of keyedErasureNames(keys, formId, instanceId)) {
    const found = await objects.info(ledgerKey({ formId, instanceHash }));
    if (found !== undefined) return found.modified;
  }
  return undefined;
}

/**
 * True if a guessable id was erased: no submission may be created under it. A random one has its
 * tombstone in the table, which the conditional put meets; a guessable one has it there for some days
 * only (forgetTombstones). To be asked before that put, in the same request.
 */
export async function wasErased(
  deps: LedgerStores,
  formId: string,
  instanceId: string,
): Promise<boolean> {
  if (!isGuessable(instanceId)) return false;
  await deps.keys.open();
  return (await inLedgerSince(deps, formId, instanceId)) !== undefined;
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

interface Rekeyed {
  /** Entries that were named by plain SHA-256 and have a name now that nobody can guess. */
  readonly rekeyed: number;
  /** Those whose id is nowhere any more: they keep the plain name, for a restore needs them. */
  readonly left: number;
}

/**
 * Gives erasures of before there were keys the names that they would have now, as far as tombstones
 * tell their ids; the plain one is deleted once the keyed one is there. May be repeated. For the
 * operator's tool and the server of a folder: on AWS no function can delete from the ledger.
 */
export async function rekeyLedger(deps: SubmissionStores): Promise<Rekeyed> {
  const plain = new Map<string, LedgerEntry>();
  const isKeyed = (_: string, name: string): boolean => !isPlainName(name);
  for await (const page of readLedger(deps.objects, isKeyed)) {
    for (const entry of page) plain.set(`${entry.formId}/${entry.instanceHash}`, entry);
  }
  let rekeyed = 0;
  for (const partition of await partitionsOf(deps, [...plain.values()])) {
    const [formId = ''] = partition.split('#');
    for await (const records of pagesOf(deps.submissions, { partition })) {
      for (const { sk } of records) {
        const entry = isHeadKey(sk) ? plain.get(`${formId}/${hash('sha256', sk)}`) : undefined;
        if (entry === undefined) continue;
        const instanceHash = erasureName(deps.keys, formId, sk);
        await putLedgerEntry(deps.objects, { ...entry, instanceHash });
        await deps.objects.delete(ledgerKey(entry));
        rekeyed += 1;
      }
    }
  }
  return { rekeyed, left: plain.size - rekeyed };
}

async function partitionsOf(
  { forms }: SubmissionStores,
  entries: readonly LedgerEntry[],
): Promise<ReadonlySet<string>> {
  const partitions = new Set<string>();
  for (const { formId, instanceHash } of entries) {
    const form = await forms.record(formId);
    const shards = Math.max(form?.shards ?? 1, 1);
    partitions.add(shardKey(formId, shardOfHash(instanceHash, shards)));
  }
  return partitions;
}

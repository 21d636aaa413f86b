import { hash } from 'node:crypto';
import { isHeadKey, shardKey, shardOfHash } from '../../store/keys.ts';
import { pagesOf } from '../../store/record-store.ts';
import type { SubmissionStores } from '../records/deps.ts';
import { ledgerKey, putLedgerEntry, readLedger, type LedgerEntry } from './erasure-ledger.ts';
import { erasureName, isPlainName } from './erasure-name.ts';

export interface Rekeyed {
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

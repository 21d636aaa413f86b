import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Keyring } from '../access/keyring.ts';
import { isHeadKey, registryForm, registryKind, submissionOf } from '../store/keys.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { toTombstone } from '../submission/records/head-record.ts';
import type { LedgerEntry } from '../submission/erasure/erasure-ledger.ts';
import { timeAfter } from '../submission/records/revise-submission.ts';
import type { Erasures } from './erasure-list.ts';

/** Milliseconds by which the clocks of who erases and of who backs up may differ. */
const clocksDiffer = 60 * 60 * 1000;

const HasInstance = z.object({ instanceId: z.string() });

/**
 * Keeps what was erased from coming back with records that are older than its erasure: it never
 * reaches the installation at all.
 */
export class AgainErased {
  readonly #keys: Keyring;
  readonly #erasures: Erasures;
  readonly #now: Date;
  readonly #found = new Map<string, LedgerEntry>();
  /** Where the files of those are that were met, whose paths are made of plain SHA-256. */
  readonly #folders = new Set<string>();

  /** What was erased after `began` (absent: all that is met) may still be in what compile has made. */
  constructor(keys: Keyring, erasures: Erasures, now: Date, began?: string) {
    this.#keys = keys;
    this.#erasures = erasures;
    this.#now = now;
    if (began === undefined) return;
    const since = new Date(Date.parse(began) - clocksDiffer).toISOString();
    for (const entry of erasures.all()) if (entry.erasedAt >= since) this.#note(entry);
  }

  /** The erasures that are to be carried through again, in what was compiled before them too. */
  get again(): readonly LedgerEntry[] {
    return [...this.#found.values()];
  }

  /**
   * A record of the submissions table as it may be restored: a head as a tombstone if it was erased;
   * its history not at all.
   */
  submission(record: StoredRecord): readonly StoredRecord[] {
    const { formId, instanceId } = submissionOf(record);
    const entry = this.#erasures.find(this.#keys, formId, instanceId);
    if (entry !== undefined) this.#folders.add(`${formId}/${hash('sha256', instanceId)}`);
    if (entry === undefined || record['state'] === 'erased') return [record];
    this.#note(entry);
    if (!isHeadKey(record.sk)) return [];
    const at = z.string().parse(record['at']);
    return [toTombstone(record, timeAfter(at, this.#now))];
  }

  /** True for a record of the registry that holds something of what was erased. */
  isOfErased(record: StoredRecord): boolean {
    const kind = registryKind(record);
    if (kind !== 'quarantine' && kind !== 'alias') return false;
    const formId = registryForm(record);
    const named = HasInstance.safeParse(record).data?.instanceId;
    const ids = [record.sk.split('#')[0] ?? '', ...(named === undefined ? [] : [named])];
    return ids.some((id) => this.#erasures.find(this.#keys, formId, id) !== undefined);
  }

  /** True for the key of a file of what was erased; to be asked when all submissions were met. */
  isFileOfErased(key: string): boolean {
    const [folder, formId, instanceHash] = key.split('/');
    if (folder !== 'attachments') return false;
    if (this.#folders.has(`${formId ?? ''}/${instanceHash ?? ''}`)) return true;
    // Known by plain SHA-256.
    return this.#erasures.get(formId ?? '', instanceHash ?? '') !== undefined;
  }

  #note(entry: LedgerEntry): void {
    this.#found.set(`${entry.formId}/${entry.instanceHash}`, entry);
  }
}

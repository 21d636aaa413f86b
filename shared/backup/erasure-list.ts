import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Keyring } from '../access/keyring.ts';
import { erasureNames } from '../submission/erasure/erasure-name.ts';
import { LedgerEntry, readLedger } from '../submission/erasure/erasure-ledger.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { BackupError } from './backup-source.ts';
import { makeDurable } from './lines-file.ts';
import { isHeadKey, registryForm, registryKind, submissionOf } from '../store/keys.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { toTombstone } from '../submission/records/head-record.ts';
import { timeAfter } from '../submission/records/revise-submission.ts';

/** Erasures by form and what the submission is called (erasure-name.ts). As many as there were erasures: few. */
export class Erasures {
  readonly #entries = new Map<string, LedgerEntry>();

  /** The first time that something was erased counts. True if it was not known. */
  add(entry: LedgerEntry): boolean {
    const name = `${entry.formId}/${entry.instanceHash}`;
    const known = this.#entries.get(name);
    if (known === undefined || entry.erasedAt < known.erasedAt) this.#entries.set(name, entry);
    return known === undefined;
  }

  get(formId: string, instanceHash: string): LedgerEntry | undefined {
    return this.#entries.get(`${formId}/${instanceHash}`);
  }

  /** That of a submission, under whichever of its names. */
  find(keys: Keyring, formId: string, instanceId: string): LedgerEntry | undefined {
    for (const name of erasureNames(keys, formId, instanceId)) {
      const entry = this.get(formId, name);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Names an erasure as `entry` does, if it was known by plain SHA-256: of the earlier of the two times. */
  rename(plain: string, entry: LedgerEntry): boolean {
    const known = this.get(entry.formId, plain);
    if (known === undefined) return false;
    this.#entries.delete(`${known.formId}/${known.instanceHash}`);
    this.add({ ...entry, erasedAt: known.erasedAt });
    return true;
  }

  /** In an order that does not depend on that of their coming. */
  all(): readonly LedgerEntry[] {
    const names = [...this.#entries.keys()].toSorted();
    return names.flatMap((name) => this.#entries.get(name) ?? []);
  }
}

/** An erasure whose id is known, with the name that it had before there were keys. */
export interface NamedErasure {
  readonly plain: string;
  readonly entry: LedgerEntry;
}

/** Erasures in a file, one JSON object a line: beside backups, or by itself. */
export class ErasureList {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** None if there is no such file. Throws BackupError on a line that is no erasure. */
  async read(into = new Erasures()): Promise<Erasures> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      if (line !== '') into.add(this.#parse(line));
    }
    return into;
  }

  /** Adds what the object store remembers. Returns how many it has not known. */
  async merge(objects: ObjectStore, more: readonly NamedErasure[] = []): Promise<number> {
    const known = await this.read();
    let added = 0;
    const isKnown = (formId: string, hash: string): boolean =>
      known.get(formId, hash) !== undefined;
    for await (const page of readLedger(objects, isKnown)) {
      for (const entry of page) added += known.add(entry) ? 1 : 0;
    }
    let renamed = false;
    for (const { plain, entry } of more) {
      if (known.rename(plain, entry)) renamed = true;
      else added += known.add(entry) ? 1 : 0;
    }
    if (added > 0 || renamed) await this.#write(known.all());
    return added;
  }

  async #write(entries: readonly LedgerEntry[]): Promise<void> {
    const file = await open(`${this.#file}.part`, 'w', 0o600);
    try {
      for (const { formId, instanceHash, erasedAt } of entries) {
        await file.write(`${JSON.stringify({ formId, instanceHash, erasedAt })}\n`);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.#file}.part`, this.#file);
    await makeDurable(dirname(this.#file));
  }

  #parse(line: string): LedgerEntry {
    try {
      return LedgerEntry.parse(JSON.parse(line));
    } catch (cause) {
      const text = {
        fr: `${this.#file} a une ligne qui n’est pas un effacement.`,
        en: `${this.#file} has a line that is no erasure.`,
      };
      throw new BackupError(text, { cause });
    }
  }
}

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

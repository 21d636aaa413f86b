import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Keyring } from '../access/keyring.ts';
import { erasureNames } from '../submission/erasure/erasure-name.ts';
import { LedgerEntry, readLedger } from '../submission/erasure/erasure-ledger.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { BackupError } from './backup-error.ts';
import { makeDurable } from './lines-file.ts';

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

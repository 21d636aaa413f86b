import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../fault.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { checkRecordSize } from '../../store/record-size.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../../store/record-store.ts';
import type { Row } from '../definition.ts';
import { RowSchema } from '../definition-schema.ts';
import { glossaryFrom, type Glossary } from '../validate/glossary.ts';

const Stored = z.object({
  sk: z.string(),
  revision: z.int(),
  rows: storedJson(z.array(RowSchema)),
});

const read = (record: StoredRecord) => Stored.parse(upgraded('vocabulary', record));

/** The vocabulary that says which terms are preferred, and how long it is not looked at again. */
const glossaryName = 'glossary';
const glossaryAgeMs = 60_000;

const attempts = 10;

/** The vocabularies: lists of choices that forms share, in the registry, rows as JSON text. */
export class VocabularyStore {
  readonly #registry: RecordStore;
  readonly #clock: Clock;
  #glossary: { glossary: Glossary; revision: number; readAt: number } | undefined;

  constructor(registry: RecordStore, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** Writes nothing if the rows are those already there. Fault `record-too-large`, `invalid-body`. */
  async put(name: string, rows: readonly Row[]): Promise<void> {
    if (!/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/.test(name)) {
      throw new Fault('invalid-body', {
        errors: [
          {
            pointer: '/name',
            code: 'invalid-name',
            message: {
              fr: `« ${name} » ne peut pas être le nom d’un vocabulaire.`,
              en: `"${name}" cannot be the name of a vocabulary.`,
            },
          },
        ],
      });
    }
    const key = registryKey.vocabulary(name);
    const text = JSON.stringify(rows);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const before = await this.#registry.get(key);
      if (before?.['rows'] === text) return;
      const revision = before === undefined ? 0 : read(before).revision;
      const schema = schemaOf('vocabulary');
      const record: StoredRecord = { ...key, revision: revision + 1, rows: text, schema };
      checkRecordSize(record);
      const won =
        before === undefined
          ? (await this.#registry.putIfAbsent(record)) === undefined
          : await this.#registry.putIfRevision(record, revision);
      if (won) {
        if (name === glossaryName) this.#glossary = undefined;
        return;
      }
    }
    throw new Fault('store-unavailable');
  }

  async all(): Promise<Map<string, Row[]>> {
    const all = new Map<string, Row[]>();
    const partition = registryKey.vocabulary('').pk;
    for await (const records of pagesOf(this.#registry, { partition })) {
      for (const record of records) {
        const { sk, rows } = read(record);
        all.set(sk, rows);
      }
    }
    return all;
  }

  async glossary(): Promise<Glossary> {
    const now = this.#clock().getTime();
    const known = this.#glossary;
    if (known !== undefined && Math.abs(now - known.readAt) < glossaryAgeMs) return known.glossary;
    const record = await this.#registry.get(registryKey.vocabulary(glossaryName));
    const stored = record === undefined ? { revision: 0, rows: [] } : read(record);
    const glossary =
      known?.revision === stored.revision ? known.glossary : glossaryFrom(stored.rows);
    this.#glossary = { glossary, revision: stored.revision, readAt: now };
    return glossary;
  }
}

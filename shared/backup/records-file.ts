import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../json.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { LinesFacts, readLines, writeLines } from './lines-file.ts';

const modulus = 1n << 256n;

/**
 * A hash of a set of records, whatever the order in which they come: the sum of the SHA-256 of each.
 * It tells loss and damage; it is no proof against somebody who chooses the records.
 */
export class RecordDigest {
  #sum = 0n;
  #records = 0;

  add(record: StoredRecord): void {
    const hash = createHash('sha256').update(canonicalJson(record)).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${hash}`)) % modulus;
    this.#records += 1;
  }

  get records(): number {
    return this.#records;
  }

  /** Hex, of 64 characters. */
  get value(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}

/** A file of records: what is known of it, and of the records whatever their order. */
export const RecordsFacts = LinesFacts.extend({ digest: z.string() });
export type RecordsFacts = z.infer<typeof RecordsFacts>;

const Stored = z
  .object({ pk: z.string(), sk: z.string() })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));

/** Writes those records that `isWanted`, one a line, into a new file. `onRecord` sees each of them. */
export async function writeRecords(
  file: string,
  pages: AsyncIterable<readonly StoredRecord[]>,
  isWanted: (record: StoredRecord) => boolean,
  onRecord: (record: StoredRecord) => void = () => undefined,
): Promise<RecordsFacts> {
  const digest = new RecordDigest();
  async function* lines(): AsyncGenerator<readonly string[]> {
    for await (const page of pages) {
      const wanted = page.filter(isWanted);
      for (const record of wanted) {
        digest.add(record);
        onRecord(record);
      }
      yield wanted.map((record) => canonicalJson(record));
    }
  }
  const facts = await writeLines(file, lines());
  return { ...facts, digest: digest.value };
}

/** The records of such a file. Throws ZodError or SyntaxError on a line that is none. */
export async function* readRecords(file: string): AsyncGenerator<readonly StoredRecord[]> {
  for await (const lines of readLines(file)) {
    yield lines.map((line) => Stored.parse(JSON.parse(line)));
  }
}

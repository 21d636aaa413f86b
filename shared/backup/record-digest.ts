import { createHash } from 'node:crypto';
import { canonicalJson } from '../json.ts';
import type { StoredRecord } from '../store/record-store.ts';

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

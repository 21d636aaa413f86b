import { Fault } from '../fault.ts';
import type { StoredRecord } from './record-store.ts';

/** In bytes: what domain code writes at most. It leaves room for what a later revision adds. */
const maxRecordBytes = 350 * 1024;

/**
 * In bytes: DynamoDB's limit of an item, names of attributes included. SQLite has it too, so that
 * what works on one machine works on AWS.
 */
export const maxItemBytes = 400 * 1024;

/** Bytes of a record as DynamoDB counts them, near enough: names and values in UTF-8. */
export function recordBytes(record: StoredRecord): number {
  return Object.entries(record).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
    0,
  );
}

/** Throws Fault `record-too-large`. Asked before a record is written, whatever the store would take. */
export function checkRecordSize(record: StoredRecord, maxBytes = maxRecordBytes): void {
  const bytes = recordBytes(record);
  if (bytes > maxBytes) {
    throw new Fault('record-too-large', { extra: { bytes, maxBytes } });
  }
}

import { Fault } from '../fault.ts';
import type { StoredRecord } from './record-store.ts';

/** In bytes. DynamoDB takes 400 KB an item, names of attributes and of index keys included. */
export const maxRecordBytes = 350 * 1024;

/** Bytes of a record as DynamoDB counts them, near enough: names and values in UTF-8. */
export function recordBytes(record: StoredRecord): number {
  return Object.entries(record).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
    0,
  );
}

/** Throws Fault `record-too-large`. Asked before a record is written, whatever the store would take. */
export function checkRecordSize(record: StoredRecord): void {
  const bytes = recordBytes(record);
  if (bytes > maxRecordBytes) {
    throw new Fault('record-too-large', { extra: { bytes, maxBytes: maxRecordBytes } });
  }
}

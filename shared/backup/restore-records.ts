import { isDeepStrictEqual } from 'node:util';
import type { StoredRecord, WholeTable } from '../store/record-store.ts';
import { BackupError } from './backup-source.ts';
import { eachAtOnce } from './each-at-once.ts';
import { RecordDigest } from './records-file.ts';

/** Records under way at a time: the store's answer takes longer than the store's work. */
const width = 32;

/**
 * Puts records in their places, each as what `restored` makes of it (nothing, or one). Returns what was
 * put, to be compared with what is there then.
 */
export async function putRecords(
  table: WholeTable,
  pages: AsyncIterable<readonly StoredRecord[]>,
  restored: (record: StoredRecord) => readonly StoredRecord[],
  onRecords: (records: number) => void = () => undefined,
): Promise<RecordDigest> {
  const digest = new RecordDigest();
  for await (const page of pages) {
    const wanted = page.flatMap(restored);
    await eachAtOnce(wanted, width, (record) => table.put(record));
    for (const record of wanted) digest.add(record);
    onRecords(page.length);
  }
  return digest;
}

/** Throws BackupError unless the table holds what was put and nothing else that is `compared`. */
export async function requireSame(
  table: WholeTable,
  put: RecordDigest,
  compared: (record: StoredRecord) => boolean,
): Promise<void> {
  const found = new RecordDigest();
  for await (const page of table.scan()) {
    for (const record of page) if (compared(record)) found.add(record);
  }
  if (found.value === put.value) return;
  throw new BackupError({
    fr: `Il y a ${found.records} enregistrements là où ${put.records} ont été restaurés, ou d’autres : quelqu’un a écrit en même temps. Recommencez.`,
    en: `There are ${found.records} records where ${put.records} were restored, or others: somebody wrote at the same time. Do it again.`,
  });
}

/** Throws BackupError unless each record is there as it was put. */
export async function requireEach(
  table: WholeTable,
  pages: AsyncIterable<readonly StoredRecord[]>,
  restored: (record: StoredRecord) => readonly StoredRecord[],
): Promise<void> {
  for await (const page of pages) {
    await eachAtOnce(page.flatMap(restored), width, async (record) => {
      if (isDeepStrictEqual(await table.get(record), { ...record })) return;
      throw new BackupError({
        fr: `Un enregistrement (${record.pk}) n’est pas là comme il a été restauré. Recommencez.`,
        en: `A record (${record.pk}) is not there as it was restored. Do it again.`,
      });
    });
  }
}

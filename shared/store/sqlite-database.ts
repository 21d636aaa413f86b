import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../fault.ts';
import { makeOwnersFile } from '../owners-file.ts';

const tableNames = ['submissions', 'registry'] as const;
export type TableName = (typeof tableNames)[number];

/** Grows when the tables change. A file of a later version is refused rather than misread. */
const version = 1;

/**
 * Tables have a rowid: with records of kilobytes and random keys that writes twice as fast as
 * WITHOUT ROWID, and reads as fast through every index. Indexes are sparse, as DynamoDB's are.
 */
const schema = tableNames
  .map(
    (table) => `
CREATE TABLE ${table} (
  pk TEXT NOT NULL, sk TEXT NOT NULL, revision INTEGER, at TEXT, orgKey TEXT, inboxKey TEXT,
  answers TEXT, rest TEXT NOT NULL, PRIMARY KEY (pk, sk)
);
CREATE INDEX ${table}_byTime ON ${table} (pk, at, sk) WHERE at IS NOT NULL;
CREATE INDEX ${table}_byOrganisation ON ${table} (orgKey, at, pk, sk)
  WHERE orgKey IS NOT NULL AND at IS NOT NULL;
CREATE INDEX ${table}_inbox ON ${table} (inboxKey, at, pk, sk)
  WHERE inboxKey IS NOT NULL AND at IS NOT NULL;`,
  )
  .join('\n');

/** One connection that writes and one that only reads. Throws Fault `store-unavailable`. */
export function openDatabases(file: string): { writing: DatabaseSync; reading: DatabaseSync } {
  let writing: DatabaseSync | undefined;
  try {
    makeOwnersFile(file);
    writing = new DatabaseSync(file, { timeout: 10_000 });
    // What is erased is overwritten (secure_delete), and what is acknowledged is on the disk (FULL).
    writing.exec(
      'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;',
    );
    migrate(writing);
    // From here on the writer waits in its own way: see sqlite-writer.ts.
    writing.exec('PRAGMA busy_timeout = 0');
    return { writing, reading: new DatabaseSync(file, { readOnly: true, timeout: 10_000 }) };
  } catch (error) {
    writing?.close();
    throw sqliteFault(error);
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (found === 0) database.exec(`${schema}; PRAGMA user_version = ${version}`);
    else if (found !== version) {
      const cause = new Error(`The store has version ${String(found)}; this is ${version}.`);
      throw new Fault('store-unavailable', { cause });
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const busy = 5;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** True if another connection holds the lock: SQLITE_BUSY and its kin. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === busy;
}

/** What SQLite itself reports becomes Fault `store-unavailable`; any other error is a bug and stays. */
export function sqliteFault(error: unknown): unknown {
  return resultCode(error) === undefined ? error : new Fault('store-unavailable', { cause: error });
}

import { DatabaseSync } from 'node:sqlite';
import { makeOwnersFile } from '../owners-file.ts';

/**
 * A lock across processes and threads, held while `work` runs without awaiting. The operating system
 * frees it when its holder dies, which a lock file of our own would outlive. SQLite's write lock does
 * that on every platform; nothing is ever written into the file. Throws SQLite's error after 10 s.
 */
export class DiskLock {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    makeOwnersFile(file);
    this.#database = new DatabaseSync(file, { timeout: 10_000 });
    this.#database.exec('PRAGMA journal_mode = MEMORY');
  }

  hold<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      return work();
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  close(): void {
    this.#database.close();
  }
}

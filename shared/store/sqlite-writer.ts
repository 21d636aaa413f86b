import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import { isBusy, sqliteFault } from './sqlite-database.ts';

/** How long a write waits for another process to let go of the file, in milliseconds. */
const patience = 10_000;
/** Pause before the lock is tried again, in milliseconds. */
const pause = 5;
/** How long the log waits for readers of other connections, in milliseconds: a request waits with it. */
const logPatience = 1000;
/** Writes of one transaction at most, so that no other work of the event loop waits long. */
const groupSize = 256;

interface Task {
  readonly deadline: number;
  /** Does the work inside the transaction and returns what answers the caller once it is durable. */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit: the writes of one turn of the event loop share one transaction and so one fsync, and
 * each learns its outcome after the COMMIT alone. They run in the order in which they came, so that
 * conditions see what earlier writes of the same group did.
 *
 * The lock is tried without waiting inside SQLite (busy_timeout 0) and again from a timer: SQLite's
 * own wait would stop the whole event loop while another process writes.
 */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  #queue: Task[] = [];
  #scheduled = false;
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs `work`, one statement that writes, in the next transaction. Throws Fault `store-unavailable`. */
  write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (): (() => void) => {
        const result = work();
        return () => {
          resolve(result);
        };
      };
      this.#queue.push({ deadline: Date.now() + patience, run, fail: reject });
      this.#schedule();
    });
  }

  /**
   * Brings the write-ahead log into the file and cuts it off: else what was deleted would stay readable
   * in it until it is written over. False: another connection still reads from it, or writes. Waits
   * from a timer, as writes do. Throws Fault `store-unavailable`.
   */
  async emptyLog(): Promise<boolean> {
    const deadline = Date.now() + logPatience;
    while (!this.#closed) {
      if (this.#checkpoint()) return true;
      if (Date.now() >= deadline) return false;
      await wait(pause);
    }
    return false;
  }

  #checkpoint(): boolean {
    try {
      return this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
    } catch (error) {
      if (isBusy(error)) return false;
      throw sqliteFault(error);
    }
  }

  /** Writes what still waits, now. What cannot be written fails. The database may then be closed. */
  close(): void {
    this.#closed = true;
    while (this.#queue.length > 0) {
      if (!this.#begin()) {
        for (const task of this.#queue.splice(0)) task.fail(new Fault('store-unavailable'));
      } else {
        this.#commit(this.#queue.splice(0, groupSize));
      }
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    if (this.#begin()) {
      this.#commit(this.#queue.splice(0, groupSize));
      if (this.#queue.length > 0) this.#schedule();
      return;
    }
    const now = Date.now();
    const late = this.#queue.filter((task) => task.deadline <= now);
    this.#queue = this.#queue.filter((task) => task.deadline > now);
    for (const task of late) task.fail(new Fault('store-unavailable'));
    if (this.#queue.length === 0) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#flush();
    }, pause);
  }

  /** False if another connection writes; any other failure fails every write that waits. */
  #begin(): boolean {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (!isBusy(error)) {
        for (const task of this.#queue.splice(0)) task.fail(sqliteFault(error));
      }
      return false;
    }
  }

  #commit(tasks: readonly Task[]): void {
    const resolvers: (() => void)[] = [];
    try {
      for (const task of tasks) resolvers.push(this.#step(task));
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      for (const task of tasks) task.fail(sqliteFault(error));
      return;
    }
    for (const resolve of resolvers) resolve();
  }

  /** One write. Its own failure is its own, unless SQLite gave up the whole transaction. */
  #step(task: Task): () => void {
    try {
      return task.run();
    } catch (error) {
      if (!this.#database.isTransaction) throw error;
      return () => {
        task.fail(sqliteFault(error));
      };
    }
  }
}

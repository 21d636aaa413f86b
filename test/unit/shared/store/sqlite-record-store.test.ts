import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../../shared/fault.ts';
import { openSqlite, type SqliteStores } from '../../../../shared/store/sqlite-record-store.ts';
import { recordStoreContract } from '../../../support/record-store-contract.ts';
import { wholeTableContract } from '../../../support/whole-table-contract.ts';

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'fiche-sqlite-'));

for (const table of ['submissions', 'registry'] as const) {
  const open = () => {
    const folder = temporaryFolder();
    const stores = openSqlite(join(folder, 'fiche.db'));
    return Promise.resolve({
      store: stores[table],
      close: () => {
        stores.close();
        rmSync(folder, { recursive: true });
      },
    });
  };
  recordStoreContract(`SQLite, ${table}`, open);
  wholeTableContract(`SQLite, ${table}`, open);
}

describe('openSqlite', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, 'fiche.db');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps records when the file is closed and opened again', async () => {
    const first = openSqlite(file);
    await first.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 });
    first.close();
    const second = openSqlite(file);
    expect(await second.submissions.get({ pk: 'f#0', sk: 'a' })).toBeDefined();
    expect(await second.registry.get({ pk: 'f#0', sk: 'a' })).toBeUndefined();
    second.close();
  });

  it('shows an acknowledged write to a second connection at once, and no write before its commit', async () => {
    const [writer, reader] = [openSqlite(file), openSqlite(file)];
    for (let n = 0; n < 50; n++) {
      const key = { pk: 'f#0', sk: `k${n}` };
      const write = writer.submissions.putIfAbsent({ ...key, revision: 1 });
      expect(await reader.submissions.get(key)).toBeUndefined();
      expect(await writer.submissions.get(key)).toBeUndefined();
      await write;
      expect(await reader.submissions.get(key)).toBeDefined();
    }
    writer.close();
    reader.close();
  });

  it('lets exactly one of two connections win a condition', async () => {
    const stores = [openSqlite(file), openSqlite(file)];
    for (let n = 0; n < 20; n++) {
      const answers = await Promise.all(
        stores.map(({ submissions }) =>
          submissions.putIfAbsent({ pk: 'f#0', sk: `k${n}`, revision: 1 }),
        ),
      );
      expect(answers.filter((found) => found === undefined)).toHaveLength(1);
    }
    for (const store of stores) store.close();
  });

  it('decides conditions in the order in which writes came, within one group', async () => {
    const stores = openSqlite(file);
    const key = { pk: 'f#0', sk: 'a' };
    const [created, replaced, stale, found, , gone] = await Promise.all([
      stores.submissions.putIfAbsent({ ...key, revision: 1 }),
      stores.submissions.putIfRevision({ ...key, revision: 2 }, 1),
      stores.submissions.putIfRevision({ ...key, revision: 3 }, 1),
      stores.submissions.putIfAbsent({ ...key, revision: 1 }),
      stores.submissions.delete(key),
      stores.submissions.putIfRevision({ ...key, revision: 3 }, 2),
    ]);
    expect([created, replaced, stale, found, gone]).toEqual([
      undefined,
      true,
      false,
      { ...key, revision: 2 },
      false,
    ]);
    stores.close();
  });

  it('fails a bad write alone, not the others of its group', async () => {
    const stores = openSqlite(file);
    const [good, bad, later] = await Promise.allSettled([
      stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 }),
      stores.submissions.put({ pk: 'f#0', sk: 'b', size: Infinity }),
      stores.submissions.put({ pk: 'f#0', sk: 'c', revision: 1 }),
    ]);
    expect([good.status, bad.status, later.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    stores.close();
  });

  it('writes more than one group without losing any', async () => {
    const stores = openSqlite(file);
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        stores.submissions.put({ pk: 'f#0', sk: `k${String(n).padStart(4, '0')}`, revision: 1 }),
      ),
    );
    const { records } = await stores.submissions.query({ partition: 'f#0' });
    expect(records).toHaveLength(1000);
    stores.close();
  });

  it('waits for another process that writes, and reads meanwhile', async () => {
    const stores = openSqlite(file);
    await stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const write = stores.submissions.put({ pk: 'f#0', sk: 'b', revision: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await stores.submissions.get({ pk: 'f#0', sk: 'a' })).toBeDefined();
    expect(await stores.submissions.get({ pk: 'f#0', sk: 'b' })).toBeUndefined();
    other.exec('ROLLBACK');
    await write;
    expect(await stores.submissions.get({ pk: 'f#0', sk: 'b' })).toBeDefined();
    other.close();
    stores.close();
  });

  it('fails what another process keeps it from writing, whole, when it is closed', async () => {
    const stores = openSqlite(file);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const writes = Promise.allSettled([
      stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 }),
      stores.submissions.put({ pk: 'f#0', sk: 'b', revision: 1 }),
    ]);
    stores.close();
    for (const write of await writes) {
      expect(write).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable' } });
    }
    other.exec('ROLLBACK');
    expect(other.prepare('SELECT count(*) AS n FROM submissions').get()).toEqual({ n: 0 });
    other.close();
  });

  it('writes at close what was asked before', async () => {
    const stores = openSqlite(file);
    const write = stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 });
    stores.close();
    await write;
    const again = openSqlite(file);
    expect(await again.submissions.get({ pk: 'f#0', sk: 'a' })).toBeDefined();
    again.close();
  });

  it('leaves no byte of a deleted record in the file', async () => {
    const canary = 'un-secret-qui-doit-partir';
    const stores = openSqlite(file);
    await stores.submissions.put({ pk: 'f#0', sk: 'a', answers: canary.repeat(500) });
    await stores.submissions.delete({ pk: 'f#0', sk: 'a' });
    stores.close();
    expect(readFileSync(file).includes(canary)).toBe(false);
  });

  describe('when it is to forget', () => {
    const canary = 'un-secret-qui-doit-partir';
    const inFiles = (): string[] =>
      ['', '-wal', '-shm'].filter((end) => readFileSync(file + end).includes(canary));

    /** What was put, replaced and deleted among much else, some of it longer than a page. */
    async function replaceAndDelete({ submissions }: SqliteStores): Promise<void> {
      const keys = Array.from({ length: 300 }, (_, n) => ({
        pk: 'f#0',
        sk: `k${(n * 7919) % 300}`,
      }));
      const put = (length: number) =>
        Promise.all(
          keys.map((key, n) =>
            submissions.put({ ...key, answers: canary.repeat(1 + ((n * 31) % length)) }),
          ),
        );
      for (const length of [10, 200, 900, 3]) await put(length);
      await Promise.all(keys.map((key) => submissions.delete(key)));
      await submissions.put({ pk: 'f#0', sk: 'other', answers: 'kept' });
    }

    it('leaves no byte of what was deleted or replaced, while it is open', async () => {
      const stores = openSqlite(file);
      await replaceAndDelete(stores);
      expect(inFiles()).toContain('-wal');
      expect(await stores.registry.forget()).toBe(true);
      expect(inFiles()).toEqual([]);
      expect(await stores.submissions.get({ pk: 'f#0', sk: 'other' })).toBeDefined();
      stores.close();
    });

    it('waits for a reader of a state of before, and says so if that takes longer than a second', async () => {
      const stores = openSqlite(file);
      await replaceAndDelete(stores);
      const other = new DatabaseSync(file, { readOnly: true });
      const read = 'BEGIN; SELECT count(*) FROM submissions';
      other.exec(read);
      expect(await stores.submissions.forget()).toBe(false);
      await stores.submissions.put({ pk: 'f#0', sk: 'meanwhile', revision: 1 });
      const waiting = stores.submissions.forget();
      setTimeout(() => {
        other.exec('COMMIT');
      }, 100);
      expect(await waiting).toBe(true);
      other.close();
      expect(inFiles()).toEqual([]);
      stores.close();
    });

    it('says so when another process writes all the while', async () => {
      const stores = openSqlite(file);
      await replaceAndDelete(stores);
      const other = new DatabaseSync(file);
      other.exec('BEGIN IMMEDIATE');
      expect(await stores.submissions.forget()).toBe(false);
      other.exec('ROLLBACK');
      expect(await stores.submissions.forget()).toBe(true);
      other.close();
      stores.close();
    });

    it('says store-unavailable when the file fails under it', async () => {
      const stores = openSqlite(file);
      await stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 });
      writeFileSync(`${file}-wal`, '');
      await expect(stores.submissions.forget()).rejects.toMatchObject({
        code: 'store-unavailable',
      });
    });
  });

  it('makes files for their owner alone', async () => {
    const stores = openSqlite(file);
    await stores.submissions.put({ pk: 'f#0', sk: 'a', answers: 'x' });
    for (const end of ['', '-wal', '-shm']) expect(statSync(file + end).mode & 0o777).toBe(0o600);
    stores.close();
  });

  it('refuses a file that is no store, or is of a later version', () => {
    writeFileSync(file, 'not a database, but long enough to be read as one'.repeat(100));
    expect(() => openSqlite(file)).toThrow(Fault);
    rmSync(file);
    const later = new DatabaseSync(file);
    later.exec('PRAGMA user_version = 99');
    later.close();
    expect(() => openSqlite(file)).toThrow(
      expect.objectContaining({ code: 'store-unavailable' }) as Error,
    );
  });

  it('says store-unavailable when the file fails under it', async () => {
    const stores = openSqlite(file);
    const other = new DatabaseSync(file);
    other.exec('DROP TABLE submissions');
    other.close();
    await expect(stores.submissions.get({ pk: 'f#0', sk: 'a' })).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await expect(stores.submissions.put({ pk: 'f#0', sk: 'a', revision: 1 })).rejects.toMatchObject(
      { code: 'store-unavailable' },
    );
    stores.close();
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/fault.ts';
import type { Range, RecordStore } from '../../shared/store/record-store.ts';
import { pageContract } from './page-contract.ts';
import { fresh, head, keysOf, places, rangeOf, readAll, time } from './heads.ts';

export interface OpenedStore {
  readonly store: RecordStore;
  close(): Promise<void> | void;
}

/** What every RecordStore promises, whatever is behind it. */
export function recordStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`RecordStore: ${name}`, () => {
    let opened: OpenedStore;
    let store: RecordStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(async () => {
      await opened.close();
    });

    describe('one record', () => {
      it('gives back what was put, attribute for attribute', async () => {
        const record = head(fresh(), 'a', time(1), { state: 'received', closed: false, count: 7 });
        await store.put(record);
        expect(await store.get(record)).toEqual(record);
      });

      it('has nothing under a key that was never put', async () => {
        expect(await store.get({ pk: fresh(), sk: 'a' })).toBeUndefined();
      });

      it('replaces a record as a whole: attributes of the old one are gone', async () => {
        const pk = fresh();
        await store.put(head(pk, 'a', time(1), { note: 'x' }));
        await store.put({ pk, sk: 'a', revision: 2 });
        expect(await store.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', revision: 2 });
        expect(await readAll(store, { index: 'byTime', partition: pk })).toEqual([]);
      });

      it.each([
        ['a later one', 3, 2, false],
        ['an equal one', 2, 2, true],
        ['an earlier one', 1, 2, true],
        ['one that says none', undefined, 1, true],
        ['a later one, saying none itself', 3, undefined, true],
      ])('puts by its schema over %s', async (_, there, put, written) => {
        const key = { pk: fresh(), sk: 'a' };
        const of = (schema: number | undefined): object => (schema === undefined ? {} : { schema });
        const before = { ...key, revision: 1, ...of(there) };
        const after = { ...key, revision: 2, ...of(put) };
        await store.put(before);
        const writing = store.put(after);
        if (written) await writing;
        else await expect(writing).rejects.toMatchObject({ code: 'store-unavailable' });
        expect(await store.get(key)).toEqual(written ? after : before);
      });

      it('deletes, and deletes what is not there without a fault', async () => {
        const record = head(fresh(), 'a', time(1));
        await store.put(record);
        await store.delete(record);
        await store.delete(record);
        expect(await store.get(record)).toBeUndefined();
      });

      it('forgets what was deleted, as often as it is asked, and nothing else', async () => {
        const [gone, kept] = [head(fresh(), 'a', time(1)), head(fresh(), 'a', time(1))];
        await Promise.all([store.put(gone), store.put(kept)]);
        await store.delete(gone);
        expect(await store.forget()).toBe(true);
        expect(await store.forget()).toBe(true);
        expect(await store.get(gone)).toBeUndefined();
        expect(await store.get(kept)).toEqual(kept);
      });

      it.each([
        ['emoji and scripts', '{"q":"Ndar 🌍 ߒߞߏ é\u0301"}'],
        ['quotes and backslashes', `'"; DROP TABLE submissions; -- \\" \\u0000`],
        ['control characters, NUL too', 'a\u0000b\u0001\n\r\t\u2028'],
        ['nothing', ''],
        ['300 KB', 'é"\\'.repeat(75_000)],
      ])('keeps text byte for byte: %s', async (_, text) => {
        const record = head(fresh(), 'a', time(1), { answers: text, note: text.slice(0, 1000) });
        await store.put(record);
        expect(await store.get(record)).toEqual(record);
      });

      it.each([0, -1, 0.1, 2 ** 53 - 1, -(2 ** 53 - 1), 1e-7, 123_456_789.25])(
        'keeps the number %d',
        async (count) => {
          const record = { pk: fresh(), sk: 'a', revision: 3, count };
          await store.put(record);
          expect(await store.get(record)).toEqual(record);
        },
      );

      it('refuses a record over 400 KB and keeps the old one', async () => {
        const record = head(fresh(), 'a', time(1));
        await store.put(record);
        const write = store.put({ ...record, answers: 'x'.repeat(410 * 1024) });
        await expect(write).rejects.toMatchObject({ code: 'record-too-large' });
        expect(await store.get(record)).toEqual(record);
      });
    });

    describe('conditions', () => {
      it('puts if absent, and returns the record that was there first', async () => {
        const record = head(fresh(), 'a', time(1));
        expect(await store.putIfAbsent(record)).toBeUndefined();
        expect(await store.putIfAbsent({ ...record, at: time(2) })).toEqual(record);
        expect(await store.get(record)).toEqual(record);
      });

      it('puts if the revision is the one that was read, else changes nothing', async () => {
        const record = head(fresh(), 'a', time(1));
        await store.put(record);
        expect(await store.putIfRevision({ ...record, revision: 2 }, 1)).toBe(true);
        expect(await store.putIfRevision({ ...record, revision: 3, at: time(9) }, 1)).toBe(false);
        expect(await store.get(record)).toEqual({ ...record, revision: 2 });
      });

      it('puts nothing by revision where there is no record', async () => {
        const record = head(fresh(), 'a', time(1));
        expect(await store.putIfRevision(record, 1)).toBe(false);
        expect(await store.get(record)).toBeUndefined();
      });

      it('lets exactly one of 50 callers at once put if absent, and tells all others its record', async () => {
        const pk = fresh();
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            store.putIfAbsent(head(pk, 'a', time(n), { caller: n })),
          ),
        );
        const stored = await store.get({ pk, sk: 'a' });
        expect(answers.filter((found) => found === undefined)).toHaveLength(1);
        for (const found of answers) if (found !== undefined) expect(found).toEqual(stored);
        expect(answers[Number(stored?.['caller'])]).toBeUndefined();
      });

      it('lets exactly one of 50 callers at once replace a revision', async () => {
        const pk = fresh();
        await store.put(head(pk, 'a', time(0)));
        const won = await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            store.putIfRevision(head(pk, 'a', time(n), { revision: 2, caller: n }), 1),
          ),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect((await store.get({ pk, sk: 'a' }))?.['caller']).toBe(won.indexOf(true));
      });

      it('loses no count when 20 callers read, add one and try again', async () => {
        const key = { pk: fresh(), sk: 'counter' };
        await store.put({ ...key, revision: 1 });
        const addOne = async (): Promise<void> => {
          for (;;) {
            const revision = Number((await store.get(key))?.['revision']);
            if (await store.putIfRevision({ ...key, revision: revision + 1 }, revision)) return;
          }
        };
        await Promise.all(Array.from({ length: 20 }, addOne));
        expect((await store.get(key))?.['revision']).toBe(21);
      });
    });

    pageContract(() => store);

    describe('ranges', () => {
      it('reads one partition in the order of its sort keys', async () => {
        const pk = fresh();
        for (const sk of ['c', 'a', 'b']) await store.put({ pk, sk });
        await store.put({ pk: fresh(), sk: 'a' });
        expect(keysOf(await readAll(store, { partition: pk }))).toEqual(['a', 'b', 'c']);
        expect(keysOf(await readAll(store, { partition: pk, descending: true }))).toEqual([
          'c',
          'b',
          'a',
        ]);
      });

      it.each([
        [{ from: 'b' }, 'bcd'],
        [{ to: 'b' }, 'ab'],
        [{ from: 'b', to: 'c' }, 'bc'],
        [{ from: 'b', to: 'c', descending: true }, 'cb'],
        [{ from: 'c', to: 'b' }, ''],
        [{ from: 'x' }, ''],
      ])('reads from and to, both included: %o', async (bounds, expected) => {
        const pk = fresh();
        for (const sk of 'abcd') await store.put(head(pk, sk, `at-${sk}`));
        for (const limit of [undefined, 1]) {
          expect(keysOf(await readAll(store, { partition: pk, ...bounds }, limit)).join('')).toBe(
            expected,
          );
        }
        const times = {
          ...bounds,
          ...('from' in bounds && { from: `at-${bounds.from}` }),
          ...('to' in bounds && { to: `at-${bounds.to}` }),
        };
        const range: Range = { index: 'byTime', partition: pk, ...times };
        expect(keysOf(await readAll(store, range, 1)).join('')).toBe(expected);
      });

      it.each(places)('gives every record once in pages of any size: %s', async (_, index) => {
        const pk = fresh();
        // Seven records at three times: ties too.
        for (let n = 0; n < 7; n++) await store.put(head(pk, `k${n}`, time(n % 3)));
        for (const descending of [false, true]) {
          const range = rangeOf(index, pk, { descending });
          const whole = keysOf(await readAll(store, range));
          expect([...whole].sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);
          for (const limit of [1, 2, 3, 7, 8]) {
            expect(keysOf(await readAll(store, range, limit))).toEqual(whole);
          }
        }
      });

      it('tells records of one time and one sort key apart, page by page, in an index over shards', async () => {
        const pk = fresh();
        const orgKey = `${pk}@all`;
        const shards = ['a', 'b', 'c', 'd', 'e'].map((shard) => `${pk}-${shard}`);
        for (const shard of shards) await store.put(head(shard, 'same', time(1), { orgKey }));
        for (const descending of [false, true]) {
          const range: Range = { index: 'byOrganisation', partition: orgKey, descending };
          for (const limit of [1, 2, 5]) {
            const found = await readAll(store, range, limit);
            expect(found.map(({ pk: shard }) => shard).sort()).toEqual(shards);
          }
        }
      });

      it('keeps its place when records come and go between two pages', async () => {
        const pk = fresh();
        for (const sk of ['b', 'd', 'f', 'h']) await store.put(head(pk, sk, `at-${sk}`));
        for (const index of [undefined, 'byTime'] as const) {
          const range: Range = { ...(index && { index }), partition: pk };
          const first = await store.query(range, { limit: 2 });
          expect(keysOf(first.records)).toEqual(['b', 'd']);
          await store.put(head(pk, 'a', 'at-a'));
          await store.put(head(pk, 'e', 'at-e'));
          await store.delete({ pk, sk: 'd' });
          const second = await store.query(range, first.next && { limit: 9, after: first.next });
          expect(keysOf(second.records)).toEqual(['e', 'f', 'h']);
          await store.put(head(pk, 'd', 'at-d'));
          await store.delete({ pk, sk: 'a' });
          await store.delete({ pk, sk: 'e' });
        }
      });

      it('sees in the table and in byTime what was just put', async () => {
        const pk = fresh();
        for (let n = 0; n < 20; n++) {
          await store.put(head(pk, `k${n}`, time(n)));
          const page = await store.query(
            { index: 'byTime', partition: pk, descending: true },
            { limit: 1 },
          );
          expect(keysOf(page.records)).toEqual([`k${n}`]);
        }
      });

      it('has in an index only records that have its attributes', async () => {
        const pk = fresh();
        await store.put(head(pk, 'a', time(1)));
        await store.put(head(pk, 'b', time(2)));
        await store.put({ pk, sk: 'b#000001', revision: 1 });
        await store.put({ pk, sk: 'c', at: time(3), revision: 1, orgKey: `${pk}@org` });
        expect(keysOf(await readAll(store, { partition: pk }))).toHaveLength(4);
        expect(keysOf(await readAll(store, { index: 'byTime', partition: pk }))).toEqual([
          'a',
          'b',
          'c',
        ]);
        const organisation: Range = { index: 'byOrganisation', partition: `${pk}@org` };
        expect(keysOf(await readAll(store, organisation))).toEqual(['a', 'b', 'c']);
        const inbox: Range = { index: 'inbox', partition: `${pk}@inbox` };
        expect(keysOf(await readAll(store, inbox))).toEqual(['a', 'b']);
        await store.put({ pk, sk: 'a', at: time(4), revision: 2, orgKey: `${pk}@org` });
        expect(keysOf(await readAll(store, inbox))).toEqual(['b']);
      });

      it.each([{}, { at: 'x' }, { sk: 'x', more: 'y' }])(
        'refuses a position that is not its own: %o',
        async (after) => {
          const page = store.query({ partition: fresh() }, { after });
          await expect(page).rejects.toMatchObject({ code: 'malformed-request' });
          await expect(page).rejects.toBeInstanceOf(Fault);
        },
      );

      it('sorts by the bytes of UTF-8, whatever the characters', async () => {
        const keys = fc.uniqueArray(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((key) => key !== ''),
          { minLength: 2, maxLength: 12 },
        );
        await fc.assert(
          fc.asyncProperty(keys, async (sks) => {
            const pk = fresh();
            await Promise.all(sks.map((sk) => store.put(head(pk, sk, sk))));
            const sorted = sks
              .map((sk) => Buffer.from(sk))
              .sort((a, b) => Buffer.compare(a, b))
              .map(String);
            expect(keysOf(await readAll(store, { partition: pk }, 5))).toEqual(sorted);
            const range: Range = { index: 'byTime', partition: pk, descending: true };
            expect(keysOf(await readAll(store, range, 5))).toEqual(sorted.reverse());
          }),
          { numRuns: 25 },
        );
      });
    });
  });
}

import { describe, expect, it } from 'vitest';
import {
  pagesOf,
  type Page,
  type Range,
  type RecordStore,
} from '../../shared/store/record-store.ts';
import { fresh, head, keysOf, places, rangeOf, readAll, secondary, time } from './heads.ts';

/** What pages of a table or an index promise, whatever an index holds of a record. */
export function pageContract(store: () => RecordStore): void {
  describe('pages', () => {
    it.each(places)('end at about 1 MB: %s', async (_, index) => {
      const pk = fresh();
      for (let n = 0; n < 9; n++) {
        await store().put(head(pk, `k${n}`, time(n), { answers: 'x'.repeat(300_000) }));
      }
      for (const descending of [false, true]) {
        const sizes: number[] = [];
        for await (const page of pagesOf(store(), rangeOf(index, pk, { descending }))) {
          sizes.push(page.length);
        }
        expect(sizes.reduce((sum, size) => sum + size)).toBe(9);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
      }
    });

    it.each(places)('give hundreds of records whole and in order: %s', async (_, index) => {
      const pk = fresh();
      // Some of them long: the store cannot know how many fit together.
      const records = Array.from({ length: 620 }, (_, n) =>
        head(pk, `k${String(n).padStart(3, '0')}`, time(n), {
          answers: 'é'.repeat(n % 50 === 0 ? 40_000 : n),
          state: 'received',
          closed: n % 2 === 0,
        }),
      );
      for (let n = 0; n < records.length; n += 31) {
        await Promise.all(records.slice(n, n + 31).map((record) => store().put(record)));
      }
      for (const limit of [undefined, 250]) {
        expect(await readAll(store(), rangeOf(index, pk), limit)).toEqual(records);
      }
      const descending = await readAll(store(), rangeOf(index, pk, { descending: true }));
      expect(descending).toEqual(records.toReversed());
      const bounds =
        index === undefined ? { from: 'k007', to: 'k610' } : { from: time(7), to: time(610) };
      expect(await readAll(store(), rangeOf(index, pk, bounds), 90)).toEqual(records.slice(7, 611));
    });

    it.each(secondary)(
      'give what is written again between two of them once, as it is now, where it is now: %s',
      async (index) => {
        const pk = fresh();
        for (let n = 0; n < 6; n++) await store().put(head(pk, `k${n}`, time(n)));
        const rest = async (range: Range, { next }: Page) =>
          (await store().query(range, { limit: 9, ...(next && { after: next }) })).records;
        const ascending = rangeOf(index, pk);
        const first = await store().query(ascending, { limit: 2 });
        await store().put(head(pk, 'k4', time(9), { revision: 2 }));
        const afterwards = await rest(ascending, first);
        expect(keysOf([...first.records, ...afterwards])).toEqual([
          'k0',
          'k1',
          'k2',
          'k3',
          'k5',
          'k4',
        ]);
        expect(afterwards.at(-1)).toMatchObject({ revision: 2, at: time(9) });
        const descending = rangeOf(index, pk, { descending: true });
        const newest = await store().query(descending, { limit: 2 });
        expect(keysOf(newest.records)).toEqual(['k4', 'k5']);
        // What moves to the front while someone pages is met again by who starts again.
        await store().put(head(pk, 'k2', time(10), { revision: 2 }));
        expect(keysOf(await rest(descending, newest))).toEqual(['k3', 'k1', 'k0']);
      },
    );

    it.each([
      ['byOrganisation', 'orgKey'],
      ['inbox', 'inboxKey'],
    ] as const)(
      'have what went to another partition of an index there alone: %s',
      async (index, key) => {
        const pk = fresh();
        for (let n = 0; n < 5; n++) await store().put(head(pk, `k${n}`, time(n)));
        const range = rangeOf(index, pk);
        const first = await store().query(range, { limit: 2 });
        await store().put(head(pk, 'k3', time(3), { [key]: `${pk}@elsewhere` }));
        const { next } = first;
        const second = await store().query(range, { limit: 9, ...(next && { after: next }) });
        expect(keysOf(second.records)).toEqual(['k2', 'k4']);
        const elsewhere: Range = { index, partition: `${pk}@elsewhere` };
        expect(keysOf(await readAll(store(), elsewhere))).toEqual(['k3']);
      },
    );
  });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../../../shared/store/record-store.ts';
import { newestFirst, placeOf } from '../../../../../shared/submission/records/newest-first.ts';
import { MemoryRecordStore } from '../../../../support/memory-record-store.ts';

/** A store whose records of the same time come in another order each time, as an index may give them. */
class UnorderedTies extends MemoryRecordStore {
  override async query(...[range]: Parameters<MemoryRecordStore['query']>) {
    const { records } = await super.query(range);
    const turned = records.map((record) => ({ record, at: String(record['at']) }));
    turned.reverse();
    return {
      records: turned.sort((a, b) => (a.at > b.at ? -1 : 1)).map(({ record }) => record),
    };
  }
}

async function all(records: AsyncIterable<StoredRecord>): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

const ranges = [0, 1, 2].map((shard) => ({ index: 'byTime', partition: `f#${shard}` }) as const);

describe('newestFirst', () => {
  it('goes on after any place, whichever partition it came from and however a store orders ties', async () => {
    const head = fc.record({ shard: fc.nat(2), second: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(head, { maxLength: 20 }), async (heads) => {
        const store = new UnorderedTies();
        for (const [n, { shard, second }] of heads.entries()) {
          const at = `2026-01-01T00:00:0${second}.000Z`;
          await store.put({ pk: `f#${shard}`, sk: `id-${n + 10}`, at, revision: 1 });
        }
        const whole = await all(newestFirst(store, ranges, undefined, 2));
        expect(whole).toHaveLength(heads.length);
        const order = whole.map((record) => `${placeOf(record).at} ${record.sk}`);
        expect(order).toEqual([...order].sort().reverse());
        for (const [index, record] of whole.entries()) {
          const rest = await all(newestFirst(store, ranges, placeOf(record), 2));
          expect(rest).toEqual(whole.slice(index + 1));
        }
      }),
    );
  });

  it('reads little for who wants little', async () => {
    const store = new MemoryRecordStore();
    for (let n = 0; n < 300; n += 1) {
      const at = new Date(n * 1000).toISOString();
      await store.put({ pk: `f#${n % 3}`, sk: `id-${n + 1000}`, at, revision: 1 });
    }
    const asked: (number | undefined)[] = [];
    const query = store.query.bind(store);
    store.query = (range, options) => {
      asked.push(options?.limit);
      return query(range, options);
    };
    const taken: string[] = [];
    for await (const { sk } of newestFirst(store, ranges, undefined, 5)) {
      taken.push(sk);
      if (taken.length === 8) break;
    }
    expect(taken[0]).toBe('id-1299');
    expect(asked).toEqual([5, 5, 5]);
  });
});

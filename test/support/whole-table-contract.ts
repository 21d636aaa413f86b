import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredRecord, WholeTable } from '../../shared/store/record-store.ts';

export interface OpenedTable {
  /** Empty, and nobody else's. */
  readonly store: WholeTable;
  close(): Promise<void> | void;
}

async function scanned(store: WholeTable): Promise<readonly StoredRecord[]> {
  return (await Array.fromAsync(store.scan())).flat();
}

const nameOf = ({ pk, sk }: StoredRecord): string => `${pk} ${sk}`;

/** What a table that is read whole promises, whatever is behind it. */
export function wholeTableContract(name: string, open: () => Promise<OpenedTable>): void {
  describe(`WholeTable: ${name}`, () => {
    let opened: OpenedTable;
    let store: WholeTable;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(async () => {
      await opened.close();
    });

    it('has nothing to read when nothing was put', async () => {
      expect(await scanned(store)).toEqual([]);
    });

    it('reads every record once, of more than one page, each partition in its order', async () => {
      const records: StoredRecord[] = Array.from({ length: 60 }, (_, index) => ({
        pk: `form#${index % 7}`,
        sk: `id-${String(index).padStart(3, '0')}`,
        revision: 1,
        at: `2026-01-01T00:00:00.${String(index).padStart(3, '0')}Z`,
        answers: 'é'.repeat(20_000),
        closed: false,
      }));
      await Promise.all(records.toReversed().map((record) => store.put(record)));
      const found = await scanned(store);
      const inOrder = (one: StoredRecord, other: StoredRecord): number =>
        nameOf(one) < nameOf(other) ? -1 : 1;
      expect(found.toSorted(inOrder)).toEqual(records.toSorted(inOrder));
      for (const [pk, those] of Map.groupBy(found, (record) => record.pk)) {
        const sorted = those.map(({ sk }) => sk).toSorted();
        expect([pk, those.map(({ sk }) => sk)]).toEqual([pk, sorted]);
      }
    });

    it('leaves out what was deleted, and does without a reader who stops', async () => {
      for await (const page of store.scan()) {
        expect(page.length).toBeGreaterThanOrEqual(0);
        break;
      }
      await store.delete({ pk: 'form#0', sk: 'id-000' });
      expect(await scanned(store)).toHaveLength(59);
    });
  });
}

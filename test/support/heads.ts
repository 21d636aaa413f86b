import { expect } from 'vitest';
import * as z from 'zod';
import type {
  Page,
  Position,
  Range,
  RecordStore,
  StoredRecord,
} from '../../shared/store/record-store.ts';

let partitions = 0;
export type Head = StoredRecord & { readonly at: string };

/** A partition that no other test uses. */
export const fresh = (): string => `form-${partitions++}#0`;

/** A head that is in every index. */
export const head = (pk: string, sk: string, at: string, more: object = {}): Head => ({
  pk,
  sk,
  at,
  revision: 1,
  orgKey: `${pk}@org`,
  inboxKey: `${pk}@inbox`,
  ...more,
});

/** Times that grow with `second`, as ISO 8601. */
export const time = (second: number): string =>
  new Date(1_790_000_000_000 + second * 1000).toISOString();

export const places = [
  ['the table', undefined],
  ['byTime', 'byTime'],
  ['byOrganisation', 'byOrganisation'],
  ['inbox', 'inbox'],
] as const;
export const secondary = ['byTime', 'byOrganisation', 'inbox'] as const;

/** The table, or where an index has the heads of `head`. */
export function rangeOf(
  index: Range['index'],
  pk: string,
  more: Omit<Range, 'index' | 'partition'> = {},
): Range {
  const suffix = index === 'byOrganisation' ? '@org' : index === 'inbox' ? '@inbox' : '';
  return { ...(index && { index }), partition: `${pk}${suffix}`, ...more };
}

/** A position goes through JSON on its way to a client and back. */
const throughJson = (position: Position): Position =>
  z.record(z.string(), z.string()).parse(JSON.parse(JSON.stringify(position)));

/** Every record of a range, in pages of `limit`; positions go through JSON in between. */
export async function readAll(
  store: RecordStore,
  range: Range,
  limit?: number,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  let after: Position | undefined;
  do {
    const page: Page = await store.query(range, {
      ...(limit !== undefined && { limit }),
      ...(after !== undefined && { after }),
    });
    if (limit !== undefined) expect(page.records.length).toBeLessThanOrEqual(limit);
    records.push(...page.records);
    after = page.next === undefined ? undefined : throughJson(page.next);
  } while (after !== undefined);
  return records;
}

export const keysOf = (records: readonly StoredRecord[]): string[] => records.map(({ sk }) => sk);

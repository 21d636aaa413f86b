import * as z from 'zod';
import { Fault } from '../fault.ts';
import { attribute, indexes } from './keys.ts';
import type { Key, Position, Range, StoredRecord } from './record-store.ts';

/** The last record of a page, as both stores need it: `at` is there if an index was read. */
export type PositionKey = Key & { readonly at?: string };

const TablePosition = z.strictObject({ sk: z.string() });
const LocalPosition = z.strictObject({ sk: z.string(), at: z.string() });
const GlobalPosition = z.strictObject({ pk: z.string(), sk: z.string(), at: z.string() });

/**
 * Where `record` stands in `range`, as the client will send it back. The partition is not in it: it
 * comes from the range alone, so that no forged position leads into another partition.
 */
export function positionOf(range: Range, record: StoredRecord): Position {
  const { pk, sk } = record;
  if (range.index === undefined) return { sk };
  const at = record[attribute.at];
  if (typeof at !== 'string') throw new TypeError('A record of an index has no time.');
  return indexes[range.index].local ? { sk, at } : { pk, sk, at };
}

/** The key that a position means in `range`. Throws Fault `malformed-request` if it is none of that range. */
export function positionKey(range: Range, position: Position): PositionKey {
  const schema =
    range.index === undefined
      ? TablePosition
      : indexes[range.index].local
        ? LocalPosition
        : GlobalPosition;
  const parsed = schema.safeParse(position);
  if (!parsed.success) throw new Fault('malformed-request', { cause: parsed.error });
  return { pk: range.partition, ...parsed.data };
}

/** Order of UTF-8 bytes, which both stores sort by. JavaScript's `<` sorts emoji otherwise. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** True if no sort key can be in the range: DynamoDB refuses such a range, and it costs no reading. */
export function isEmptyRange(range: Range): boolean {
  return (
    range.from !== undefined && range.to !== undefined && compareUtf8(range.from, range.to) > 0
  );
}

import { attribute, indexes } from './keys.ts';
import { compareUtf8, positionKey, positionOf } from './position.ts';
import { recordBytes } from './record-size.ts';
import type { Key, Page, Position, Range, StoredRecord } from './record-store.ts';

type IndexRange = Range & { readonly index: NonNullable<Range['index']> };

/** An index that holds keys alone, and the table that they lead to. */
interface KeysOnlyIndex {
  /** Entries of the index, keys of index and table, `limit` at most; `next` if there may be more. */
  readonly entries: (limit: number) => Promise<Page>;
  /** The records as they are now, by `nameOf`; `most` keys at once. */
  readonly read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, StoredRecord>>;
  readonly most: number;
  readonly nameOf: (key: Key) => string;
}

/** Of records, about; of entries, which are some 150 bytes each. */
const pageBytes = 1024 * 1024;
const mostEntries = 500;
/** Nobody knows how large records are before the first ones are here. */
const firstBatch = 20;

interface Place {
  readonly entry: StoredRecord;
  readonly record: StoredRecord | undefined;
}

/**
 * A page of an index that holds keys alone: entries first, then their records as they are now.
 * A record that has left the index meanwhile is left out. One that has moved within it stands where it
 * is now, if that lies in this page; if it lies in one that comes later it is met there, and if in one
 * that came before it has gone there behind the reader's back, as with any index that is written to.
 * So pages are in order, and no record comes twice. Memory is bounded by bytes, however short entries
 * are: about 1 MB.
 */
export async function readIndexPage(
  index: KeysOnlyIndex,
  range: IndexRange,
  { limit = mostEntries, after }: { readonly limit?: number; readonly after?: Position },
): Promise<Page> {
  const { records: entries, next } = await index.entries(Math.min(limit, mostEntries));
  const places: Place[] = [];
  let bytes = 0;
  let size = Math.min(firstBatch, index.most);
  while (places.length < entries.length && bytes < pageBytes) {
    const batch = entries.slice(places.length, places.length + size);
    const found = await index.read(batch);
    for (const entry of batch) {
      if (bytes >= pageBytes) break;
      const record = found.get(index.nameOf(entry));
      places.push({ entry, record });
      bytes += record === undefined ? 0 : recordBytes(record);
    }
    const fitting = Math.floor(((pageBytes - bytes) * places.length) / Math.max(bytes, 1));
    size = Math.min(Math.max(fitting, 1), index.most);
  }
  const last = places.at(-1)?.entry;
  const cut = places.length < entries.length && last !== undefined;
  const goesOn = cut ? positionOf(range, last) : next;
  const bounds = {
    start: after && positionKey(range, after).at,
    end: goesOn === undefined ? undefined : last?.[attribute.at],
  };
  const records = inOrder(index, range, places, bounds);
  return goesOn === undefined ? { records } : { records, next: goesOn };
}

function inOrder(
  { nameOf }: KeysOnlyIndex,
  range: IndexRange,
  places: readonly Place[],
  {
    start,
    end,
  }: { start: StoredRecord[string] | undefined; end: StoredRecord[string] | undefined },
): StoredRecord[] {
  const { partition } = indexes[range.index];
  const direction = range.descending === true ? -1 : 1;
  const order = (one: unknown, other: unknown): number =>
    direction * compareUtf8(String(one), String(other));
  const timeOf = (record: StoredRecord): unknown => record[attribute.at];

  const placed = new Set<string>();
  const records: StoredRecord[] = [];
  const moved: StoredRecord[] = [];
  for (const { entry, record } of places) {
    if (record?.[partition] !== range.partition || timeOf(record) === undefined) continue;
    if (timeOf(record) !== timeOf(entry)) {
      moved.push(record);
    } else {
      placed.add(nameOf(record));
      records.push(record);
    }
  }
  for (const record of moved) {
    const at = timeOf(record);
    const inRange =
      (range.from === undefined || compareUtf8(String(at), range.from) >= 0) &&
      (range.to === undefined || compareUtf8(String(at), range.to) <= 0);
    const inPage =
      (start === undefined || order(at, start) >= 0) && (end === undefined || order(at, end) <= 0);
    if (!inRange || !inPage || placed.has(nameOf(record))) continue;
    placed.add(nameOf(record));
    const behind = records.findIndex((other) => order(at, timeOf(other)) < 0);
    records.splice(behind === -1 ? records.length : behind, 0, record);
  }
  return records;
}

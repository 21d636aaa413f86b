import { attribute } from '../../store/keys.ts';
import type { Position, Range, RecordStore, StoredRecord } from '../../store/record-store.ts';

/** The most records that are asked for at once. */
const largestPage = 1_000;

/** Where a reading stands: everything before it, in the order of `newestFirst`, has been seen. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

export function placeOf(record: StoredRecord): Place {
  return { at: String(record[attribute.at]), id: record.sk };
}

/**
 * Heads of several partitions of an index, merged: newest first, those of the same millisecond by
 * instanceId, the larger first. `after` a place one gets what follows it, whichever partition it
 * came from, so that a cursor is one place and not one for each shard. The first page read of each
 * partition has `pageLimit` records. A head that is replaced while someone pages moves to the front, and is met again
 * only by who starts again.
 */
export async function* newestFirst(
  store: RecordStore,
  ranges: readonly Omit<Range, 'descending' | 'to'>[],
  after: Place | undefined,
  pageLimit: number,
): AsyncGenerator<StoredRecord> {
  const streams = ranges.map((range) => ordered(store, range, after, pageLimit));
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  for (;;) {
    let first: { index: number; record: StoredRecord } | undefined;
    for (const [index, head] of heads.entries()) {
      if (head.done === true) continue;
      if (first === undefined || precedes(placeOf(head.value), placeOf(first.record))) {
        first = { index, record: head.value };
      }
    }
    if (first === undefined) return;
    yield first.record;
    const stream = streams[first.index];
    if (stream !== undefined) heads[first.index] = await stream.next();
  }
}

/** One partition in order. A store need not order records of the same time: they are gathered first. */
async function* ordered(
  store: RecordStore,
  range: Omit<Range, 'descending' | 'to'>,
  after: Place | undefined,
  pageLimit: number,
): AsyncGenerator<StoredRecord> {
  const whole: Range = {
    ...range,
    descending: true,
    ...(after === undefined ? {} : { to: after.at }),
  };
  let same: StoredRecord[] = [];
  for await (const record of growing(store, whole, pageLimit)) {
    const place = placeOf(record);
    if (after !== undefined && !precedes(after, place)) continue;
    if (same[0] !== undefined && placeOf(same[0]).at !== place.at) {
      yield* same.sort(byPlace);
      same = [];
    }
    same.push(record);
  }
  yield* same.sort(byPlace);
}

/**
 * The records of a range, in pages twice as large each time: most readers want few, and one whose
 * filter lets few pass needs many.
 */
async function* growing(
  store: RecordStore,
  range: Range,
  firstLimit: number,
): AsyncGenerator<StoredRecord> {
  let limit = firstLimit;
  let position: Position | undefined;
  do {
    const page = await store.query(range, {
      limit,
      ...(position === undefined ? {} : { after: position }),
    });
    yield* page.records;
    position = page.next;
    limit = Math.min(2 * limit, largestPage);
  } while (position !== undefined);
}

function precedes(one: Place, other: Place): boolean {
  return one.at === other.at ? one.id > other.id : one.at > other.at;
}

function byPlace(one: StoredRecord, other: StoredRecord): number {
  return precedes(placeOf(one), placeOf(other)) ? -1 : 1;
}

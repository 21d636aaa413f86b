import { attribute, indexes } from '../../shared/store/keys.ts';
import { recordBytes } from '../../shared/store/record-size.ts';
import type { StoredRecord } from '../../shared/store/record-store.ts';

/** Write units of one write: of the table and of each index. */
export type WriteUnits = Readonly<Record<'table' | keyof typeof indexes, number>>;

/** What entries of an index hold of a record. */
export type Projection = 'keys' | 'all';

const unitBytes = 1024;

/**
 * What DynamoDB counts for a write that leaves `now` where `old` was: the larger of the two in the
 * table, and in each index what it deletes and puts, each rounded up to 1 KB; an entry that stays the
 * same costs nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ThroughputConsiderations.Writes
 */
export function unitsOfWrite(
  old: StoredRecord | undefined,
  now: StoredRecord | undefined,
  projection: Projection = 'keys',
): WriteUnits {
  const ofIndex = (name: keyof typeof indexes): number => {
    const [before, after] = [old, now].map((record) => entryOf(record, name, projection));
    if (before === undefined && after === undefined) return 0;
    if (before === undefined || after === undefined) return unitsOf(before ?? after);
    if (indexKey(before, name) !== indexKey(after, name)) return unitsOf(before) + unitsOf(after);
    return projection === 'keys' ? 0 : Math.max(unitsOf(before), unitsOf(after));
  };
  return {
    table: Math.max(unitsOf(old), unitsOf(now)),
    byTime: ofIndex('byTime'),
    byOrganisation: ofIndex('byOrganisation'),
    inbox: ofIndex('inbox'),
  };
}

export function totalOf({ table, byTime, byOrganisation, inbox }: WriteUnits): number {
  return table + byTime + byOrganisation + inbox;
}

const measured = new WeakMap<StoredRecord, number>();

/** Units of a record as it is; of none, 1: a write that finds nothing is paid for, too. */
function unitsOf(record: StoredRecord | undefined): number {
  if (record === undefined) return 1;
  const known = measured.get(record);
  if (known !== undefined) return known;
  const units = Math.ceil(recordBytes(record) / unitBytes);
  measured.set(record, units);
  return units;
}

/** Undefined: the record is not in that index. */
function entryOf(
  record: StoredRecord | undefined,
  name: keyof typeof indexes,
  projection: Projection,
): StoredRecord | undefined {
  const { partition, sort } = indexes[name];
  const [key, at] = [record?.[partition], record?.[sort]];
  if (record === undefined || key === undefined || at === undefined) return undefined;
  if (projection === 'all') return record;
  return { [attribute.pk]: record.pk, [attribute.sk]: record.sk, [partition]: key, [sort]: at };
}

function indexKey(entry: StoredRecord, name: keyof typeof indexes): string {
  const { partition, sort } = indexes[name];
  return JSON.stringify([entry[partition], entry[sort]]);
}

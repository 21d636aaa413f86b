import type { ObjectStore } from '../../objects/object-store.ts';
import { readRows, type ReadRow } from '../versions/read-rows.ts';
import { markBefore, type RowIndex } from '../versions/row-index.ts';
import { childrenOf, entitiesOf } from './entities.ts';
import type { Entity } from './entity.ts';
import type { EntitySet, FeedModel } from './feed-model.ts';
import { findRecord } from './find-record.ts';
import { noSuch } from './odata-fault.ts';
import type { RowsResource } from './resource-path.ts';

/** A row's place: the byte at which its record's line begins, and its number among the record's rows. */
export interface Position {
  readonly offset: number;
  readonly inRecord: number;
}

/** The rows that one line of the file has. */
interface RecordRows {
  readonly offset: number;
  readonly next: number;
  readonly entities: readonly Entity[];
}

/** Rows of a set in the order of the file. */
export interface RowSource {
  readonly bytes: number;
  readonly begins: number;
  readonly ends: number;
  /** How many rows there are, where nobody has to count them. */
  readonly total: number | undefined;
  /** From the line that begins at `offset` on. */
  readonly scan: (offset: number) => AsyncIterable<RecordRows>;
  /** The place nearest before row number `row`, and how many rows are still to be passed from there. */
  readonly seek: (row: number) => { readonly offset: number; readonly left: number };
}

/** Where the rows of a version are read. */
export interface Feed {
  readonly objects: ObjectStore;
  readonly index: RowIndex;
  readonly model: FeedModel;
  /** By what of their ids records stand in order: see `orderOfIds`. */
  readonly orderOf: (id: string) => string;
}

/** The rows that an address names. Throws Fault `not-found` where it begins at a row that is not there. */
export async function rowSource(feed: Feed, { set, from }: RowsResource): Promise<RowSource> {
  const { objects, index, model } = feed;
  if (from === undefined) {
    const table = model.sets.indexOf(set);
    return {
      bytes: index.bytes,
      begins: 0,
      ends: index.bytes,
      total: set.table.rows,
      async *scan(offset) {
        for await (const read of readRows(objects, index, { from: offset })) {
          yield { ...placeOf(read), entities: entitiesOf(model, set, read) };
        }
      },
      seek: (row) => {
        const mark = markBefore(index, table, row);
        return { offset: mark.offset, left: row - (mark.rows[table] ?? 0) };
      },
    };
  }
  const { read, entity } = await findEntity(feed, from.set, from.key);
  const entities = from.way.many ? childrenOf(entity, set) : [entity.parent ?? entity];
  const rows = { ...placeOf(read), entities };
  return {
    bytes: read.next - read.offset,
    begins: read.offset,
    ends: read.next,
    total: entities.length,
    // eslint-disable-next-line @typescript-eslint/require-await -- as the other source, which waits
    async *scan() {
      yield rows;
    },
    seek: (row) => ({ offset: read.offset, left: row }),
  };
}

function placeOf({ offset, next }: ReadRow): { readonly offset: number; readonly next: number } {
  return { offset, next };
}

/** One row by its key. Throws Fault `not-found`. */
export async function findEntity(
  { objects, index, model, orderOf }: Feed,
  set: EntitySet,
  key: string,
): Promise<{ readonly read: ReadRow; readonly entity: Entity }> {
  const read = await findRecord(objects, index, recordOf(model, set, key), orderOf);
  const rows = read === undefined ? [] : entitiesOf(model, set, read);
  const entity = rows.find(({ id }) => id === key);
  if (read === undefined || entity === undefined) {
    throw noSuch('no-such-entity', {
      fr: `${set.name} n’a pas de ligne de cette clé.`,
      en: `${set.name} has no row of that key.`,
    });
  }
  return { read, entity };
}

/** The record's id: a row of a repeat adds one number for each level. */
function recordOf(model: FeedModel, set: EntitySet, key: string): string {
  if (set.parent === undefined) return key;
  const above = model.sets[set.parent];
  const slash = key.lastIndexOf('/');
  return above === undefined || slash === -1 ? key : recordOf(model, above, key.slice(0, slash));
}

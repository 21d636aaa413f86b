import { Fault } from '../../fault.ts';
import type { Audience } from '../../form/model.ts';
import { own } from '../../json.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Manifest } from '../versions/version-manifest.ts';
import { readManifest } from '../versions/read-datasets.ts';
import { readRows, type ReadRow } from '../versions/read-rows.ts';
import { markBefore, orderOfIds, readRowIndex, type RowIndex } from '../versions/row-index.ts';
import { childrenOf, entitiesOf } from './entities.ts';
import type { Entity } from './feed-properties.ts';
import { feedModel, type EntitySet, type FeedModel } from './feed-model.ts';
import { noSuch } from './odata-fault.ts';
import type { RowsResource } from './resource-path.ts';

/** Where the rows of a version are read. */
export interface Feed {
  readonly objects: ObjectStore;
  readonly index: RowIndex;
  readonly model: FeedModel;
  /** By what of their ids records stand in order: see `orderOfIds`. */
  readonly orderOf: (id: string) => string;
}

export type FeedDeps = Pick<CompileDeps, 'registry' | 'objects' | 'clock' | 'keys'>;

/** For how long members may read on in a version that has just been replaced. Milliseconds. */
const graceMs = 60 * 60 * 1000;

/**
 * The feed of a dataset for an audience: of its current version or, for a client that reads page after
 * page, of the version that it began with. Throws Fault `not-found`: there is no such dataset for the
 * audience, it has no rows to read (a plan), or the version has gone meanwhile.
 */
export async function openFeed(
  deps: FeedDeps,
  datasetId: string,
  audience: Audience,
  pinned: string | undefined,
): Promise<Feed> {
  const { version } = await manifestOf(deps, datasetId, audience, pinned);
  const index = await readRowIndex(deps.objects, datasetId, version, audience);
  if (index !== undefined) {
    await deps.keys.open();
    const orderOf = orderOfIds(deps.keys, index);
    return { objects: deps.objects, index, model: feedModel(index), orderOf };
  }
  if (pinned !== undefined) throw startAgain();
  throw noSuch('no-feed', {
    fr: 'Ce jeu n’a pas de flux OData : il n’est pas fait de lignes, ou n’a pas été recompilé depuis.',
    en: 'This dataset has no OData feed: it is not made of rows, or has not been compiled again yet.',
  });
}

async function manifestOf(
  deps: FeedDeps,
  datasetId: string,
  audience: Audience,
  pinned: string | undefined,
): Promise<Manifest> {
  const current = await readManifest(deps, datasetId, audience);
  if (pinned === undefined || pinned === current.version) return current;
  const replacedMs = deps.clock().getTime() - Date.parse(current.createdAt);
  const isRecent = current.previous === pinned && replacedMs < graceMs;
  if (audience !== 'coordinator' && !isRecent) throw startAgain();
  try {
    const earlier = await readManifest(deps, datasetId, 'coordinator', pinned);
    if (earlier.audiences[audience] !== undefined) return earlier;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'not-found') throw error;
  }
  throw startAgain();
}

/** 404: what a client was reading, page after page, has gone. */
export function startAgain(): Fault {
  return noSuch('version-gone', {
    fr: 'La version que vous lisiez n’est plus là : recommencez depuis la première page.',
    en: 'The version that you were reading has gone: start again from the first page.',
  });
}

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

/** Files that are not in the order of ids, such as those of derived datasets, are small. */
const mostSearchedBytes = 192 * 1024 * 1024;

const idOf = ({ record }: ReadRow): string => {
  const id = own(record, 'id');
  return typeof id === 'string' ? id : '';
};

/**
 * The line of a record. Most files stand in the order of what `orderOf` makes of ids: a few reads halve
 * the way to the part that would have it. Of those that do not, such as a derived dataset's, the rest
 * is looked through.
 */
async function findRecord(
  objects: ObjectStore,
  index: RowIndex,
  id: string,
  orderOf: (id: string) => string,
): Promise<ReadRow | undefined> {
  const { marks, bytes } = index;
  const wanted = orderOf(id);
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const offset = marks[middle]?.offset ?? 0;
    const first = await firstRow(objects, index, offset);
    if (first === undefined || orderOf(idOf(first)) > wanted) high = middle;
    else low = middle + 1;
  }
  const [from, to] = [marks[low - 1]?.offset ?? 0, marks[low]?.offset ?? bytes];
  const found = await lookThrough(objects, index, id, { from, to });
  if (found !== undefined || bytes > mostSearchedBytes) return found;
  return lookThrough(objects, index, id, { from: 0, to: bytes });
}

async function firstRow(
  objects: ObjectStore,
  index: RowIndex,
  from: number,
): Promise<ReadRow | undefined> {
  for await (const row of readRows(objects, index, { from, to: from + 1 })) return row;
  return undefined;
}

async function lookThrough(
  objects: ObjectStore,
  index: RowIndex,
  id: string,
  range: { readonly from: number; readonly to: number },
): Promise<ReadRow | undefined> {
  for await (const row of readRows(objects, index, range)) if (idOf(row) === id) return row;
  return undefined;
}

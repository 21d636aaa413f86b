/** What a record's attribute may be: nested values are stored as JSON text, so no store changes them. */
export type Attribute = string | number | boolean;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A record as a store keeps it. Parsed again with zod by whoever reads it. */
export type StoredRecord = Key & Readonly<Record<string, Attribute>>;

/** The indexes of the submissions table, see keys.ts. The base table is sorted by `sk`. */
type IndexName = 'byTime' | 'byOrganisation' | 'inbox';

/** Records of one partition, of the table or of an index, in the order of its sort key. */
export interface Range {
  /** The index to read; absent: the table itself. */
  readonly index?: IndexName;
  /** The value of the table's or the index's partition key. */
  readonly partition: string;
  /** First and last sort key, both included; absent: unbounded. */
  readonly from?: string;
  readonly to?: string;
  readonly descending?: boolean;
}

/** Where a page ended: opaque to the domain, plain data, safe to send to a client and back. */
export type Position = Readonly<Record<string, string>>;

export interface Page {
  readonly records: readonly StoredRecord[];
  /** Present: there may be more. Pass it as `after` for the next page. */
  readonly next?: Position;
}

/**
 * One table of records. Reads of the table and of `byTime` are strongly consistent; the two global
 * indexes may lag. Every method throws Fault `store-unavailable` when the store throttles, times
 * out or fails: the write may then have happened or not, and repeating it is safe.
 */
export interface RecordStore {
  get(key: Key): Promise<StoredRecord | undefined>;
  /**
   * Writes whatever is there already, unless that has a greater attribute `schema`: a later release
   * wrote it, and it stays as it is. Then throws Fault `store-unavailable`.
   */
  put(record: StoredRecord): Promise<void>;
  /** Stores the record if its key is free and returns undefined; else returns the record found there. */
  putIfAbsent(record: StoredRecord): Promise<StoredRecord | undefined>;
  /** Replaces the record if the one there has attribute `revision` equal to `revision`. False: it has not. */
  putIfRevision(record: StoredRecord, revision: number): Promise<boolean>;
  /** At most `limit` records (default: as many as fit a page of about 1 MB). */
  query(
    range: Range,
    options?: { readonly limit?: number; readonly after?: Position },
  ): Promise<Page>;
  /** Deleting what is not there is no fault. */
  delete(key: Key): Promise<void>;
  /**
   * True: what was deleted or replaced before stands in no file of this store any more. False: not yet,
   * because somebody reads a state of before; then it is to be asked again.
   */
  forget(): Promise<boolean>;
}

/** All records of a range, page by page, each of at most `limit` records. */
export async function* pagesOf(
  store: RecordStore,
  range: Range,
  limit?: number,
): AsyncGenerator<readonly StoredRecord[]> {
  const size = limit === undefined ? {} : { limit };
  let after: Position | undefined;
  do {
    const page: Page = await store.query(range, after === undefined ? size : { ...size, after });
    yield page.records;
    after = page.next;
  } while (after !== undefined);
}

/**
 * A table that can be read whole: for the operator's tool, with the operator's rights. Apart from
 * RecordStore, so that no door comes to read a table from end to end, nor a function to be allowed to.
 */
export interface WholeTable extends RecordStore {
  /**
   * Every record once, page by page, read with strong consistency: each as it is when its page is
   * read, the records of one partition in the order of their sort keys, partitions in no order that
   * means anything. Throws Fault `store-unavailable`.
   */
  scan(): AsyncIterable<readonly StoredRecord[]>;
}

/** What RecordStore.forget says, of both tables. */
export async function forgetDeleted(stores: {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
}): Promise<boolean> {
  const forgotten = [await stores.submissions.forget(), await stores.registry.forget()];
  return !forgotten.includes(false);
}

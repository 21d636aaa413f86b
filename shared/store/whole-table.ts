import type { RecordStore, StoredRecord } from './record-store.ts';

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

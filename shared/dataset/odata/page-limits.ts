/**
 * Bytes of a page's rows. A Lambda answers 6,291,456 bytes, and its answer is JSON in which each quote
 * and backslash of ours is escaped once more: in the worst case twice as long.
 */
const mostPageBytes = 3_000_000;
const mostPageRows = 5000;
/**
 * Bytes of the file that one page of a filter looks through; then the page ends, be it empty, with a
 * link to the next. One processor of a small server looks through 80 MB in a second (`npm run bench --
 * odata`); a door's function has half of one, and must have answered after 28.
 */
const mostScannedBytes = 64 * 1024 * 1024;

/** The same where a request has to see every row: to count those that fit, or to order them (50 MB a second). */
export const mostWholeBytes = 192 * 1024 * 1024;
/** Rows that `$skip` may pass over where rows are ordered, and bytes of what they are ordered by. */
export const mostOrderedSkip = 10_000;
export const mostOrderedBytes = 32 * 1024 * 1024;

/** What bounds one page; tests have smaller ones. */
export interface PageLimits {
  readonly rows: number;
  readonly bytes: number;
  readonly scanned: number;
  readonly whole: number;
}

export const pageLimits: PageLimits = {
  rows: mostPageRows,
  bytes: mostPageBytes,
  scanned: mostScannedBytes,
  whole: mostWholeBytes,
};

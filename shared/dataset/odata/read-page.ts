import type { Bilingual } from '../../text.ts';
import type { Entity } from './feed-properties.ts';
import { rankOf, type Expression } from './filter-expression.ts';
import type { Position, RowSource } from './feed.ts';
import { notImplemented } from './odata-fault.ts';
import type { OrderTerm } from './parse-filter.ts';
import { madeUp } from './skip-token.ts';

/** What bounds one page; tests have smaller ones. Bytes, but for `rows`. */
export interface PageLimits {
  readonly rows: number;
  /**
   * Of a page's rows. A Lambda answers 6,291,456 bytes, and its answer is JSON in which each quote and
   * backslash of ours is escaped once more: in the worst case twice as long.
   */
  readonly bytes: number;
  /**
   * Of the file that one page of a filter looks through; then the page ends, be it empty, with a link to
   * the next. One processor of a small server looks through 80 MB in a second (`npm run bench -- odata`);
   * a door's function has half of one, and must have answered after 28.
   */
  readonly scanned: number;
  /** The same where a request has to see every row: to count those that fit, or to order them (50 MB a second). */
  readonly whole: number;
  /** What rows are ordered by, held in memory. */
  readonly ordered: number;
}

export const pageLimits: PageLimits = {
  rows: 5000,
  bytes: 3_000_000,
  scanned: 64 * 1024 * 1024,
  whole: 192 * 1024 * 1024,
  ordered: 32 * 1024 * 1024,
};

/** What a page is asked for. */
export interface PageRequest {
  readonly filter: Expression | undefined;
  readonly write: (entity: Entity) => string;
  /** Rows to pass over, and rows to give at most, this page and all after it. */
  readonly skip: number;
  readonly top: number;
  /** Where it goes on; undefined: this is the first page. */
  readonly start: Position | undefined;
  /** Say how many rows there are, or say again what an earlier page has counted. */
  readonly count: boolean | number;
}

export interface Page {
  /** JSON texts. */
  readonly items: readonly string[];
  readonly count: number | undefined;
  /** Where the next page goes on, and what is left of `skip` and `top`; undefined: this is the last. */
  readonly next: { readonly at: Position; readonly skip: number; readonly top: number } | undefined;
}

/** A page in the order of the file. Memory holds the page and a line. Throws Fault `not-implemented`. */
export async function readPage(
  source: RowSource,
  request: PageRequest,
  limits: PageLimits,
): Promise<Page> {
  const { filter, write, start } = request;
  let { skip, top } = request;
  const known = knownCount(source, request);
  const counting = request.count === true && known === undefined;
  if (counting) requireReadable('$count', source, limits);
  let from = start ?? { offset: source.begins, inRecord: 0 };
  if (start === undefined && filter === undefined && skip > 0) {
    const { offset, left } = source.seek(skip);
    from = { offset, inRecord: 0 };
    skip = left;
  }
  const items: string[] = [];
  let bytes = 0;
  let counted = 0;
  let full = top === 0;
  let next: Position | undefined;
  for await (const record of source.scan(from.offset)) {
    if (full && !counting) break;
    const first = record.offset === from.offset ? from.inRecord : 0;
    for (const [inRecord, entity] of record.entities.entries()) {
      if (inRecord < first || (filter !== undefined && filter.of(entity) !== true)) continue;
      counted += 1;
      if (full) continue;
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      const text = write(entity);
      const length = Buffer.byteLength(text) + 1;
      if (items.length > 0 && (bytes + length > limits.bytes || items.length >= limits.rows)) {
        full = true;
        next = { offset: record.offset, inRecord };
        continue;
      }
      items.push(text);
      bytes += length;
      top -= 1;
      full = top === 0;
    }
    if (!full && !counting && record.next - from.offset >= limits.scanned) {
      if (record.next < source.ends) next = { offset: record.next, inRecord: 0 };
      break;
    }
  }
  return {
    items,
    count: request.count === false ? undefined : (known ?? counted),
    next: next === undefined ? undefined : { at: next, skip, top },
  };
}

function knownCount({ total }: RowSource, { count, filter }: PageRequest): number | undefined {
  if (typeof count === 'number') return count;
  return filter === undefined ? total : undefined;
}

/** By what a row is ordered, and its place, which decides between equals. */
interface RowKey extends Position {
  readonly ranks: readonly (string | number | boolean | null)[];
}

const firstPlace: Position = { offset: 0, inRecord: 0 };

/**
 * A page in the order that `$orderby` asks for. Looks at every row, sorts what rows are ordered by, then
 * reads those of the page: the page after it does the same, and passes over more. Throws Faults:
 * `not-implemented` for more than fits, `malformed-request` for a start that no such page has given.
 */
export async function readOrderedPage(
  source: RowSource,
  { filter, write, start = firstPlace, skip, top, count }: PageRequest,
  order: readonly OrderTerm[],
  limits: PageLimits,
): Promise<Page> {
  requireReadable('$orderby', source, limits);
  if (start.offset !== 0 || start.inRecord !== 0) throw madeUp();
  const keys = await sortedKeys(source, filter, order, limits);
  const rows = keys.slice(skip, skip + Math.min(top, limits.rows));
  const items = await textsOf(source, rows, write, limits.bytes);
  const [passed, left] = [skip + items.length, top - items.length];
  return {
    items,
    count: count === true ? keys.length : count === false ? undefined : count,
    next:
      passed < keys.length && left > 0 ? { at: firstPlace, skip: passed, top: left } : undefined,
  };
}

async function sortedKeys(
  source: RowSource,
  filter: Expression | undefined,
  order: readonly OrderTerm[],
  limits: PageLimits,
): Promise<readonly RowKey[]> {
  const terms = order.map(({ by }) => rankOf(by));
  const keys: RowKey[] = [];
  let bytes = 0;
  for await (const { offset, entities } of source.scan(source.begins)) {
    for (const [inRecord, entity] of entities.entries()) {
      if (filter !== undefined && filter.of(entity) !== true) continue;
      const ranks = terms.map((rank) => rank(entity));
      keys.push({ offset, inRecord, ranks });
      bytes += keyBytes;
      for (const rank of ranks) bytes += typeof rank === 'string' ? 2 * rank.length : 8;
    }
    if (bytes > limits.ordered) {
      const most = Math.floor(limits.ordered / 1e6);
      throw tooMuch({
        fr: `$orderby ne trie que ce qui tient dans ${most} Mo de mémoire.`,
        en: `$orderby sorts only what fits into ${most} MB of memory.`,
      });
    }
  }
  return keys.sort((one, other) => {
    for (const [term, { descending }] of order.entries()) {
      const compared = compareRanks(one.ranks[term] ?? null, other.ranks[term] ?? null);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return one.offset - other.offset || one.inRecord - other.inRecord;
  });
}

/** What a key takes beside its values, about. */
const keyBytes = 96;

/** Null comes before all else (OData 4.0 part 1, 11.2.5.2). */
function compareRanks(one: RowKey['ranks'][number], other: RowKey['ranks'][number]): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  return one < other ? -1 : 1;
}

/** The texts of as many of the first rows as fit, one at least. They are read in the order of the file. */
async function textsOf(
  source: RowSource,
  rows: readonly Position[],
  write: (entity: Entity) => string,
  most: number,
): Promise<readonly string[]> {
  if (rows.length === 0) return [];
  const placeOf = ({ offset, inRecord }: Position): string => `${offset} ${inRecord}`;
  const numbers = new Map(rows.map((row, number) => [placeOf(row), number]));
  const texts = new Map<number, string>();
  let [bytes, end] = [0, rows.length];
  const first = rows.reduce((least, { offset }) => Math.min(least, offset), source.ends);
  for await (const { offset, entities } of source.scan(first)) {
    for (const [inRecord, entity] of entities.entries()) {
      const number = numbers.get(placeOf({ offset, inRecord })) ?? end;
      if (number >= end) continue;
      const text = write(entity);
      texts.set(number, text);
      bytes += Buffer.byteLength(text) + 1;
      while (bytes > most && end > 1) {
        end -= 1;
        const out = texts.get(end);
        if (out !== undefined) bytes -= Buffer.byteLength(out) + 1;
        texts.delete(end);
      }
    }
    if (texts.size === end) break;
  }
  return Array.from({ length: end }, (_, number) => texts.get(number) ?? '');
}

/** Throws Fault `not-implemented` where looking at every row would take longer than a request may. */
function requireReadable(option: string, { bytes }: RowSource, { whole }: PageLimits): void {
  if (bytes <= whole) return;
  const [size, most] = [Math.ceil(bytes / 1e6), Math.floor(whole / 1e6)];
  throw tooMuch({
    fr: `${option} demande de lire tout le jeu (${size} Mo), ce qui ne se fait que jusqu’à ${most} Mo.`,
    en: `${option} needs all of the dataset to be read (${size} MB), which is done up to ${most} MB.`,
  });
}

function tooMuch({ fr, en }: Bilingual): Error {
  return notImplemented({
    fr: `${fr} Lisez les pages sans cette option, ou téléchargez un fichier du jeu.`,
    en: `${en} Read the pages without this option, or download a file of the dataset.`,
  });
}

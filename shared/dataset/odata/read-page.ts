import type { Entity } from './entity.ts';
import type { Expression } from './expression.ts';
import { requireScannable } from './require-scannable.ts';
import type { PageLimits } from './page-limits.ts';
import type { Position, RowSource } from './row-source.ts';

/** What a page is asked for. */
export interface PageRequest {
  readonly filter: Expression | undefined;
  readonly write: (entity: Entity) => string;
  /** Rows to pass over, and rows to tell at most, this page and all after it. */
  readonly skip: number;
  readonly top: number;
  /** Where it goes on; undefined: this is the first page. */
  readonly start: Position | undefined;
  /** Tell how many rows there are, or tell again what an earlier page has counted. */
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
  if (counting) requireScannable('$count', source, limits);
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

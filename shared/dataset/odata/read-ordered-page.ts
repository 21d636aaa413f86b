import type { Entity } from './entity.ts';
import { rankOf } from './expression-operators.ts';
import { notImplemented } from './odata-fault.ts';
import type { OrderTerm } from './parse-options.ts';
import { mostOrderedBytes, mostOrderedSkip, type PageLimits } from './page-limits.ts';
import type { Page, PageRequest } from './read-page.ts';
import { requireScannable } from './require-scannable.ts';
import type { Position, RowSource } from './row-source.ts';
import { madeUp } from './skip-token.ts';
import { keyOrder, SmallestRows, type CompareKeys, type RowKey } from './smallest-rows.ts';

type KeyOf = (entity: Entity, at: Position) => RowKey;

/**
 * A page in the order that `$orderby` asks for: looks at every row, and keeps those of the page.
 * `start` is the last row of the page before. Throws Faults: `not-implemented` for a file or a `$skip`
 * that is too long for that, `malformed-request` for a start that is no row.
 */
export async function readOrderedPage(
  source: RowSource,
  request: PageRequest,
  order: readonly OrderTerm[],
  limits: PageLimits,
): Promise<Page> {
  requireScannable('$orderby', source, limits);
  const ranks = order.map(({ by }) => rankOf(by));
  const keyOf: KeyOf = (entity, at) => ({ ranks: ranks.map((rank) => rank(entity)), at });
  const compare = keyOrder(order.map(({ descending }) => descending));
  const { filter, write, start, skip, top } = request;
  let after = start === undefined ? undefined : keyOf(await entityAt(source, start), start);
  if (skip > 0) {
    const passed = await smallest(source, request, { keyOf, compare, after, rows: skip });
    if (passed.length < skip) after = undefined;
    else after = passed.last;
    if (after === undefined) {
      return { items: [], count: await countOf(source, request), next: undefined };
    }
  }
  const kept = new SmallestRows(compare, {
    rows: Math.min(top, limits.rows),
    bytes: limits.bytes,
  });
  let counted = 0;
  for await (const { offset, entities } of source.scan(source.begins)) {
    for (const [inRecord, entity] of entities.entries()) {
      if (filter !== undefined && filter.of(entity) !== true) continue;
      counted += 1;
      const key = keyOf(entity, { offset, inRecord });
      if (top === 0 || (after !== undefined && compare(key, after) <= 0)) continue;
      kept.offer(key, () => write(entity));
    }
  }
  const { last } = kept;
  const left = top - kept.length;
  return {
    items: kept.texts,
    count: request.count === true ? counted : request.count === false ? undefined : request.count,
    next:
      kept.more && left > 0 && last !== undefined ? { at: last.at, skip: 0, top: left } : undefined,
  };
}

async function entityAt(source: RowSource, { offset, inRecord }: Position): Promise<Entity> {
  for await (const record of source.scan(offset)) {
    const entity = record.entities[inRecord];
    if (entity !== undefined) return entity;
    break;
  }
  throw madeUp();
}

/** The rows that `$skip` passes over: their keys alone. */
async function smallest(
  source: RowSource,
  { filter }: PageRequest,
  {
    keyOf,
    compare,
    after,
    rows,
  }: {
    readonly keyOf: KeyOf;
    readonly compare: CompareKeys;
    readonly after: RowKey | undefined;
    readonly rows: number;
  },
): Promise<SmallestRows> {
  const kept = new SmallestRows(compare, { rows, bytes: mostOrderedBytes });
  if (rows <= mostOrderedSkip) {
    for await (const { offset, entities } of source.scan(source.begins)) {
      for (const [inRecord, entity] of entities.entries()) {
        if (filter !== undefined && filter.of(entity) !== true) continue;
        const key = keyOf(entity, { offset, inRecord });
        if (after === undefined || compare(key, after) > 0) kept.offer(key, () => '');
      }
    }
  }
  if (rows > mostOrderedSkip || kept.ranShort) {
    throw notImplemented({
      fr: `Avec $orderby, $skip va jusqu’à ${mostOrderedSkip} lignes: suivez @odata.nextLink.`,
      en: `With $orderby, $skip goes up to ${mostOrderedSkip} rows: follow @odata.nextLink.`,
    });
  }
  return kept;
}

/** Where a page has no rows, how many there are is still told. */
async function countOf(
  source: RowSource,
  { filter, count }: PageRequest,
): Promise<number | undefined> {
  if (count === false || typeof count === 'number') return count === false ? undefined : count;
  if (filter === undefined && source.total !== undefined) return source.total;
  let counted = 0;
  for await (const { entities } of source.scan(source.begins)) {
    for (const entity of entities) if (filter?.of(entity) === true) counted += 1;
  }
  return counted;
}

import type { Expression } from './filter-expression.ts';
import type { EntitySet, FeedModel } from './feed-model.ts';
import { noSuchProperty } from './odata-fault.ts';
import { parseFilter, parseOrder, type ExpressionScope } from './parse-filter.ts';
import { projectionOf } from './projection.ts';
import type { QueryOptions } from './query-options.ts';
import {
  readOrderedPage,
  readPage,
  type Page,
  type PageLimits,
  type PageRequest,
} from './read-page.ts';
import type { RowsResource } from './resource-path.ts';
import { rowSource, type Feed } from './feed.ts';
import { writeSkipToken, type SkipToken } from './skip-token.ts';

interface RowsRequest {
  readonly options: QueryOptions;
  readonly token: SkipToken | undefined;
  /** The feed's address, with the slash at its end. */
  readonly root: string;
  readonly limits: PageLimits;
  readonly now: Date;
}

/** A page of rows as JSON, one row where the address leads up, or how many there are, as text. */
export async function answerRows(
  feed: Feed,
  resource: RowsResource,
  { options, token, root, limits, now }: RowsRequest,
): Promise<string> {
  const { set, from, count } = resource;
  const projection = projectionOf(feed.model, set, options);
  const scope = (option: string): ExpressionScope => scopeOf(feed.model, set, option, now);
  const { filter, orderBy } = options;
  const order = orderBy === undefined ? undefined : parseOrder(orderBy, scope('$orderby'));
  const asked: PageRequest = {
    filter: filter === undefined ? undefined : parseFilter(filter, scope('$filter')),
    write: projection.write,
    skip: token?.s ?? (token === undefined ? options.skip : 0),
    top: token?.t ?? (token === undefined ? options.top : undefined) ?? Number.MAX_SAFE_INTEGER,
    start: token === undefined ? undefined : { offset: token.o, inRecord: token.i },
    count: token?.c ?? options.count,
  };
  const source = await rowSource(feed, resource);
  if (count) {
    const all = { ...asked, skip: 0, top: 0, count: true };
    return String((await readPage(source, all, limits)).count ?? 0);
  }
  const page =
    order === undefined
      ? await readPage(source, asked, limits)
      : await readOrderedPage(source, asked, order, limits);
  const single = from?.way.many === false;
  const context = `${root}$metadata#${set.name}${projection.context}${single ? '/$entity' : ''}`;
  if (single) {
    const members = page.items[0]?.slice(1) ?? '}';
    return `{"@odata.context":${JSON.stringify(context)}${members === '}' ? '' : ','}${members}`;
  }
  const link = nextLink(page, feed.index.version, addressOf(root, resource), options);
  return [
    `{"@odata.context":${JSON.stringify(context)}`,
    ...(page.count === undefined ? [] : [`"@odata.count":${page.count}`]),
    `"value":[\n${page.items.join(',\n')}\n]`,
    ...(link === undefined ? [] : [`"@odata.nextLink":${JSON.stringify(link)}`]),
  ]
    .join(',')
    .concat('}\n');
}

function scopeOf(model: FeedModel, set: EntitySet, option: string, now: Date): ExpressionScope {
  return {
    option,
    now,
    property: (path, at) => propertyOf(model, set, path, { option, at }),
  };
}

/** The property of a row, or of one above it: `parent/state`. */
function propertyOf(
  model: FeedModel,
  set: EntitySet,
  [name = '', ...rest]: readonly string[],
  { option, at }: { readonly option: string; readonly at: number },
): Expression {
  if (rest.length === 0) {
    const property = set.byName.get(name);
    if (property === undefined) throw noSuchProperty(option, name, at + 1);
    const { type, read } = property;
    return { type, constant: false, at, of: read };
  }
  const way = set.navigations.get(name);
  const above = way === undefined || way.many ? undefined : model.sets[way.to];
  if (above === undefined) throw noSuchProperty(option, name, at + 1);
  const inner = propertyOf(model, above, rest, { option, at });
  return { ...inner, of: ({ parent }) => (parent === undefined ? null : inner.of(parent)) };
}

function addressOf(root: string, { set, from }: RowsResource): string {
  if (from === undefined) return root + encodeURIComponent(set.name);
  const key = encodeURIComponent(from.key.replaceAll("'", "''"));
  return `${root}${encodeURIComponent(from.set.name)}('${key}')/${encodeURIComponent(from.way.name)}`;
}

function nextLink(
  { next, count }: Page,
  version: string,
  address: string,
  { kept }: QueryOptions,
): string | undefined {
  if (next === undefined) return undefined;
  const { at, skip, top } = next;
  const token = writeSkipToken({
    v: version,
    o: at.offset,
    i: at.inRecord,
    ...(skip > 0 && { s: skip }),
    ...(top < Number.MAX_SAFE_INTEGER / 2 && { t: top }),
    ...(count !== undefined && { c: count }),
  });
  const options = [...kept, ['$skiptoken', token] as const];
  return `${address}?${options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

import type { EntitySet, FeedModel, Navigation } from './feed-model.ts';
import { noSuch, notImplemented } from './odata-fault.ts';

/** What an address below a feed's root names. */
export type Resource =
  | { readonly kind: 'service' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'entity'; readonly set: EntitySet; readonly key: string }
  | RowsResource;

/** Rows of a set: all of them, or those that one row leads to. */
export interface RowsResource {
  readonly kind: 'rows';
  readonly set: EntitySet;
  readonly from:
    { readonly set: EntitySet; readonly key: string; readonly way: Navigation } | undefined;
  /** Only how many there are is asked. */
  readonly count: boolean;
}

/**
 * Reads what follows the dataset in an address: `Submissions('uuid:1')/sites/$count`, already decoded.
 * A key may hold a slash. Throws Faults: `not-found` for what is no such thing, `not-implemented` for
 * what OData knows and the feed does not do.
 */
export function readResource(path: string, { sets, byName }: FeedModel): Resource {
  const text = path.endsWith('/') ? path.slice(0, -1) : path;
  if (text === '') return { kind: 'service' };
  if (text === '$metadata') return { kind: 'metadata' };
  if (text.startsWith('$')) throw unsupported(text);
  const [name, key, rest] = firstStep(text);
  const set = byName.get(name);
  if (set === undefined) throw missing(name);
  if (key === undefined) {
    if (rest === '') return { kind: 'rows', set, from: undefined, count: false };
    if (rest === '$count') return { kind: 'rows', set, from: undefined, count: true };
    throw missing(rest);
  }
  if (rest === '') return { kind: 'entity', set, key };
  const [step, inner, after] = firstStep(rest);
  const way = set.navigations.get(step);
  const to = way === undefined ? undefined : sets[way.to];
  if (way === undefined || to === undefined) {
    if (set.byName.has(step)) throw unsupported(step);
    throw missing(step);
  }
  if (inner !== undefined) throw unsupported(rest);
  const count = after === '$count' && way.many;
  if (after !== '' && !count) throw unsupported(after);
  return { kind: 'rows', set: to, from: { set, key, way }, count };
}

/** The name of the first step, its key if it has one, and the steps after it. */
function firstStep(text: string): readonly [string, string | undefined, string] {
  const slash = text.indexOf('/');
  const open = text.indexOf('(');
  if (open === -1 || (slash !== -1 && slash < open)) {
    return slash === -1
      ? [text, undefined, '']
      : [text.slice(0, slash), undefined, text.slice(slash + 1)];
  }
  const [key, end] = keyAt(text, open + 1);
  const after = text.slice(end);
  if (after !== '' && !after.startsWith('/')) throw missing(text);
  return [text.slice(0, open), key, after.slice(1)];
}

/** The key in parentheses, with or without its name before it: `'…'` or `id='…'`. */
function keyAt(text: string, begins: number): readonly [string, number] {
  let at = begins;
  if (text.startsWith('id=', at)) at += 3;
  if (text[at] !== "'") throw missing(text);
  let key = '';
  for (;;) {
    const end = text.indexOf("'", at + 1);
    if (end === -1) throw missing(text);
    key += text.slice(at + 1, end);
    if (text[end + 1] === ')') return [key, end + 2];
    if (text[end + 1] !== "'") throw missing(text);
    key += "'";
    at = end + 1;
  }
}

function missing(what: string): Error {
  return noSuch('no-such-resource', {
    fr: `« ${what} » n’est pas dans ce flux ; sa racine et $metadata disent ce qu’il a.`,
    en: `“${what}” is not in this feed; its root and $metadata say what is.`,
  });
}

function unsupported(what: string): Error {
  return notImplemented({
    fr: `Ce flux ne répond pas à « ${what} ».`,
    en: `This feed does not answer “${what}”.`,
  });
}

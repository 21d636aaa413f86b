import { Fault } from '../fault.ts';

/** `*`, or the entity tags that a conditional header names (RFC 9110, 8.8.3 and 13.1). */
export type TagList = '*' | readonly { readonly weak: boolean; readonly tag: string }[];

const separators = /[ \t,]*/y;
const entityTag = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?=,|$)/y;

/** Reads If-Match or If-None-Match; undefined when it cannot be read. */
export function readTagList(header: string): TagList | undefined {
  const text = header.trim();
  if (text === '*') return '*';
  const tags: { weak: boolean; tag: string }[] = [];
  let at = 0;
  for (;;) {
    separators.lastIndex = at;
    separators.exec(text);
    at = separators.lastIndex;
    if (at >= text.length) return tags.length > 0 ? tags : undefined;
    entityTag.lastIndex = at;
    const match = entityTag.exec(text);
    if (match === null) return undefined;
    tags.push({ weak: match[1] !== undefined, tag: match[2] ?? '' });
    at = entityTag.lastIndex;
  }
}

/** The ETag of something that has revisions. */
export function revisionTag(revision: number): string {
  return `"${revision}"`;
}

/** Which revisions a caller's If-Match allows; `any` for `*`. */
export type AllowedRevisions = 'any' | readonly number[];

/**
 * The revisions that If-Match allows. Weak tags and tags that are no revision match nothing, for
 * If-Match compares strongly. Throws Fault `revision-required` without the header,
 * `malformed-request` when it cannot be read.
 */
export function allowedRevisions(ifMatch: string | undefined): AllowedRevisions {
  if (ifMatch === undefined) throw new Fault('revision-required');
  const tags = readTagList(ifMatch);
  if (tags === undefined) {
    throw new Fault('malformed-request', {
      errors: [
        {
          pointer: '',
          code: 'malformed-if-match',
          message: {
            fr: 'If-Match s’écrit avec la révision entre guillemets, par exemple "3".',
            en: 'If-Match is written with the revision in quotes, for example "3".',
          },
        },
      ],
    });
  }
  if (tags === '*') return 'any';
  return tags.flatMap(({ weak, tag }) =>
    !weak && /^[1-9]\d{0,8}$/.test(tag) ? [Number(tag)] : [],
  );
}

/** No thing has this revision: to be used where If-Match allows none that is there. */
const noRevision = 0;

/**
 * The one revision on which to act. `current` is asked only where If-Match leaves a choice; a
 * revision that is not the current one is passed on, for the act itself knows best how to refuse.
 */
export async function revisionToChange(
  allowed: AllowedRevisions,
  current: () => Promise<number>,
): Promise<number> {
  if (allowed === 'any') return current();
  const [first, ...others] = allowed;
  if (first === undefined || others.length === 0) return first ?? noRevision;
  const now = await current();
  return allowed.includes(now) ? now : first;
}

/** Whether an If-None-Match says that the client has this representation already (weak comparison). */
export function alreadyHas(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag) return true;
  const tags = readTagList(ifNoneMatch);
  if (tags === undefined) return false;
  return tags === '*' || tags.some(({ tag }) => `"${tag}"` === etag);
}

import * as z from 'zod';
import type { Fault } from '../../fault.ts';
import { unreadable } from './odata-fault.ts';

const SkipToken = z.strictObject({
  /** The version that the pages are of: a client that reads page after page sees one version. */
  v: z.string().max(200),
  /** Byte at which the line of a record begins, and how many rows of the set come before in it. */
  o: z.int().min(0),
  i: z.int().min(0),
  /** Rows to skip yet, to tell yet, and counted altogether. */
  s: z.int().min(0).optional(),
  t: z.int().min(0).optional(),
  c: z.int().min(0).optional(),
});
/**
 * Where a page goes on: at that row or, where rows are ordered, after it. The token is opaque to
 * clients; it gives nobody anything that they may not see.
 */
export type SkipToken = z.infer<typeof SkipToken>;

export function writeSkipToken(token: SkipToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws Fault `malformed-request`. */
export function readSkipToken(text: string): SkipToken {
  try {
    return SkipToken.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw madeUp();
  }
}

/** 400: no page of ours has told that token. */
export function madeUp(): Fault {
  return unreadable('$skiptoken', {
    fr: 'ce jeton ne vient pas d’ici.',
    en: 'this token does not come from here.',
  });
}

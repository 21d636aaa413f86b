import * as z from 'zod';
import { Fault } from '../../fault.ts';

/** What a list can be continued from, as a text that means nothing to clients: base64url of JSON. */
export function toCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * The position in a cursor; undefined if there is none. Throws Fault `malformed-request` if it is
 * not one of ours. Nothing depends on nobody forging one: it says where to go on, and never what
 * may be seen.
 */
export function fromCursor<T extends z.ZodType>(
  schema: T,
  cursor: string | undefined,
): z.output<T> | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = Position.pipe(schema).safeParse(text);
  if (!position.success) throw malformed('cursor');
  return position.data;
}

const Position = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
});

/** A parameter of a list that is not what it should be. */
export function malformed(parameter: string): Fault {
  return new Fault('malformed-request', {
    errors: [
      {
        pointer: '',
        code: `invalid-${parameter}`,
        message: {
          fr: `Le paramètre « ${parameter} » est mal formé.`,
          en: `The parameter "${parameter}" is malformed.`,
        },
      },
    ],
  });
}

const defaultLimit = 50;
const maxLimit = 200;

/** How many items to answer with: 50 unless told, at most 200. Fault `malformed-request`. */
export function pageSize(limit: number | undefined): number {
  if (limit === undefined) return defaultLimit;
  if (!Number.isInteger(limit) || limit < 1) throw malformed('limit');
  return Math.min(limit, maxLimit);
}

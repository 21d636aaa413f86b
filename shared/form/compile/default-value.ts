import type { QuestionTypeRow } from '../types/question-types.ts';

/** In order: the first that matches at a place is the token there. */
const tokens = new RegExp(
  [
    String.raw`(?<fixed>\d{4}-\d{2}-\d{2}(?:T[\d:.+Zz-]+)?|\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?|-?\d+(?:\.\d*)?|-?\.\d+)`,
    String.raw`(?<text>"[^"]*"|'[^']*')`,
    String.raw`(?<address>[A-Za-z]+:\/\/\S*)`,
    String.raw`(?<dynamic>[$]\{[^$\{\}]*\}|[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}_][\p{L}\p{N}_.-]*)?\(|\[[^\[\]]*\]|\|)`,
    String.raw`(?<operator>[*+]| mod | div )`,
    String.raw`(?<hyphen>-)`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_.-]*)`,
    String.raw`(?<other>.)`,
  ].join('|'),
  'gsu',
);

/**
 * True if a `default` cell is an expression to evaluate, false if it is a fixed value. The rule is
 * pyxform's: a reference, a function call, a predicate, a union or an arithmetic operator makes it one.
 */
export function isDynamicDefault(cell: string, type: QuestionTypeRow): boolean {
  let dynamic = false;
  for (const { groups } of cell.matchAll(tokens)) {
    if (groups?.['hyphen'] !== undefined && type.default === 'answer with hyphens') return false;
    dynamic ||=
      groups?.['dynamic'] !== undefined ||
      groups?.['operator'] !== undefined ||
      groups?.['hyphen'] !== undefined;
  }
  return dynamic;
}

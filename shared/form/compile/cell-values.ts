import type { CellPlace, FormIssues } from '../form-issues.ts';
import type { FormMessageCode } from '../form-messages.ts';

/** The value of a cell that allows a few words only; undefined if it is empty or holds another. */
export function oneWord<Word extends string>(
  text: string,
  words: readonly Word[],
  code: FormMessageCode,
  place: CellPlace,
  issues: FormIssues,
): Word | undefined {
  if (text === '') return undefined;
  const found = words.find((word) => word === text.toLowerCase());
  if (found === undefined) issues.add(code, place, text, words.join(', '));
  return found;
}

/** XLSForm's ways to say yes and no in a cell; undefined: neither, so perhaps an expression. */
export function readYesNo(text: string): boolean | undefined {
  if (/^(?:yes|true|true\(\)|1)$/i.test(text)) return true;
  if (/^(?:no|false|false\(\)|0|)$/i.test(text)) return false;
  return undefined;
}

/** Whether a cell holds a whole number between two bounds, written without sign or leading zero. */
export function isWhole(text: string, least: number, most: number): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(text) && Number(text) >= least && Number(text) <= most;
}

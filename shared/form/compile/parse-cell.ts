import type { Expression } from '../expression/expression.ts';
import { ExpressionError } from '../expression/expression-error.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { CellPlace, FormIssues } from '../form-issues.ts';
import type { SheetRow } from './read-sheet.ts';

/** A question (`${name}`) or a list of choices that some cell speaks of, to be checked once all are known. */
export interface Mention {
  readonly name: string;
  readonly place: CellPlace;
  readonly of: 'question' | 'repeated question' | 'single value' | 'trigger' | 'list';
}

/** Parses the expression in a cell; undefined if the cell is empty or wrong (then it is reported). */
export type ParseCell = (row: SheetRow, column: string) => Expression | undefined;

/** A parser of cells that reports to `issues` and notes which questions the cells mention. */
export function cellParser(issues: FormIssues, mentions: Mention[]): ParseCell {
  return (row, column) => {
    const source = row.text(column);
    if (source === '') return undefined;
    const place = row.place(column);
    try {
      const expression = parseRepaired(source);
      if (expression.source !== source) issues.add('typography-read', place);
      for (const name of expression.references) mentions.push({ name, place, of: 'question' });
      for (const name of expression.lastSavedReferences) {
        mentions.push({ name, place, of: 'question' });
      }
      for (const name of expression.lists) mentions.push({ name, place, of: 'list' });
      for (const name of expression.notInCollect) issues.add('not-in-collect', place, name);
      const { hasUnion, hasStar, textDates, single } = expression.collect;
      if (hasUnion) issues.add('union-not-in-collect', place);
      if (hasStar) issues.add('star-not-in-collect', place);
      for (const date of textDates) issues.add('text-date-in-collect', place, date);
      for (const name of single) mentions.push({ name, place, of: 'single value' });
      // In a choice filter they are columns of the list.
      const bare = column === 'choice_filter' ? [] : expression.bareNames;
      for (const name of bare) issues.add('bare-name', place, name);
      return expression;
    } catch (cause) {
      issues.addExpressionError(place, cause);
      return undefined;
    }
  };
}

const wideBlank = /[\u00a0\u2000-\u200a\u202f\u3000]/g;
const invisible = /[\u200b\u2060\ufeff]/g;
const typography = /[‘’“”\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]/;

/** Curly quotes as straight ones, wide blanks as blanks, as pyxform and a patient reader take them. */
function straightened(text: string): string {
  return text
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(wideBlank, ' ')
    .replaceAll(invisible, '');
}

/**
 * Parses an expression as it stands or, if a word processor has been at it, with quotes and blanks put
 * right: first those outside texts (in `'l’eau'` the curly one is meant), then all. Throws what is
 * wrong with it as it stands.
 */
function parseRepaired(source: string): Expression {
  try {
    return parseExpression(source);
  } catch (cause) {
    if (!(cause instanceof ExpressionError) || !typography.test(source)) throw cause;
    const outside = source
      .split(/("[^"]*"|'[^']*')/)
      .map((part, index) => (index % 2 === 1 ? part : straightened(part)))
      .join('');
    for (const repaired of [outside, straightened(source)]) {
      try {
        return parseExpression(repaired);
      } catch (again) {
        if (!(again instanceof ExpressionError)) throw again;
      }
    }
    throw cause;
  }
}

/** Notes the `${name}` of texts that clients show: labels, hints and messages. */
export function mentionsInText(row: SheetRow, column: string, mentions: Mention[]): void {
  if (!row.has(column)) return;
  for (const { heading, text } of row.cells(column)) {
    mentionsAt(row.place(column, heading), text, mentions);
  }
}

/** Notes the `${name}` of one text. */
export function mentionsAt(place: CellPlace, text: string, mentions: Mention[]): void {
  if (!text.includes('${')) return;
  for (const name of namesIn(text)) mentions.push({ name, place, of: 'question' });
}

/** The names in `${…}` of a text, those of the last saved record (`${last-saved#…}`) too. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(?:\s{0,9}last-saved#)?([^${}#]{1,200})\}/g)].map(([, name = '']) =>
    name.trim(),
  );
}

import type { Expression } from './expression/expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import type { CellPlace, FormIssues } from './form-issues.ts';
import type { SheetRow } from './sheet.ts';

/** A question (`${name}`) or a list of choices that some cell speaks of, to be checked once all are known. */
export interface Mention {
  readonly name: string;
  readonly place: CellPlace;
  readonly of: 'question' | 'repeated question' | 'list';
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
      const expression = parseExpression(source);
      for (const name of expression.references) mentions.push({ name, place, of: 'question' });
      for (const name of expression.lastSavedReferences) {
        mentions.push({ name, place, of: 'question' });
      }
      for (const name of expression.lists) mentions.push({ name, place, of: 'list' });
      for (const name of expression.notInCollect) issues.add('not-in-collect', place, name);
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

/** Notes the `${name}` of texts that clients show: labels, hints and messages. */
export function mentionsInText(row: SheetRow, column: string, mentions: Mention[]): void {
  for (const { heading, text } of row.cells(column)) {
    if (!text.includes('${')) continue;
    for (const name of namesIn(text)) {
      mentions.push({ name, place: row.place(column, heading), of: 'question' });
    }
  }
}

/** The names in `${…}` of a text, those of the last saved record (`${last-saved#…}`) too. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(?:\s{0,9}last-saved#)?([^${}#]{1,200})\}/g)].map(([, name = '']) =>
    name.trim(),
  );
}

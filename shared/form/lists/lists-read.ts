import { rowNumber, type FormDefinition } from '../definition.ts';
import type { CellPlace } from '../issues/form-issues.ts';

/** A list that an expression reads: `instance('regions')/root/item[…]`, `pulldata('regions', …)`. */
export interface ListRead {
  readonly name: string;
  /** By pulldata(), which names a CSV file where no list has the name. */
  readonly pulled: boolean;
  readonly place: CellPlace;
}

/** Curly quotes too: expressions are read as if they were straight. */
const mention = /(instance|pulldata)\(\s*['"‘’“”]([^'"‘’“”]{1,200})['"‘’“”]/g;

/**
 * The lists that some cell seems to read, each once. Looked for in the bare text, because lists must
 * be known before expressions are parsed; a false find in a label inlines a vocabulary too many.
 */
export function listsRead(definition: FormDefinition): readonly ListRead[] {
  const reads = new Map<string, ListRead>();
  const sheets = [
    ['survey', definition.survey],
    ['settings', [definition.settings]],
  ] as const;
  for (const [sheet, rows] of sheets) {
    for (const [index, row] of rows.entries()) {
      for (const [column, cell] of Object.entries(row)) {
        if (typeof cell !== 'string' || !cell.includes('(')) continue;
        for (const [, how = '', name = ''] of cell.matchAll(mention)) {
          const pulled = how === 'pulldata';
          const key = `${how} ${name}`;
          if (reads.has(key)) continue;
          reads.set(key, { name, pulled, place: { sheet, row: rowNumber(index), column } });
        }
      }
    }
  }
  return [...reads.values()];
}

import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import { maxRows, type Row } from '../definition.ts';

/** More columns than anyone reads: what is wider is no list of choices. */
const maxColumns = 200;
/** As a cell of a workbook, in UTF-16 code units. */
const maxCellLength = 32_767;

/** What is wrong with a list file, where its author will look for it; row 1 is its header, row 0 none. */
export function listFault(
  file: string,
  code: string,
  row: number,
  message: Bilingual,
  column = '',
): Fault {
  return new Fault('invalid-form', {
    errors: [{ pointer: '', code, message, at: { sheet: file, row, column } }],
  });
}

/** Gathers the rows of a list file within bounds. Throws Fault `invalid-form`. */
export class ListRows {
  readonly rows: Row[] = [];
  readonly #file: string;
  readonly #columns = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Adds a row; empty cells are left out, and a row of nothing else is none. */
  add(cells: Iterable<readonly [column: string, text: string]>): void {
    const row: [string, string][] = [];
    const at = this.rows.length + 2;
    for (const [column, written] of cells) {
      const text = written.trim();
      if (text === '') continue;
      if (text.length > maxCellLength) {
        throw listFault(
          this.#file,
          'cell-too-long',
          at,
          {
            fr: `Cette cellule est trop longue : ${maxCellLength} signes au plus.`,
            en: `This cell is too long: at most ${maxCellLength} characters.`,
          },
          column,
        );
      }
      this.#columns.add(column);
      row.push([column, text]);
    }
    if (row.length === 0) return;
    if (this.rows.length >= maxRows) this.#tooMany('too-many-rows', at, 'lignes', 'rows', maxRows);
    if (this.#columns.size > maxColumns) {
      this.#tooMany('too-many-columns', at, 'colonnes', 'columns', maxColumns);
    }
    // Not by assignment: a column may be called `__proto__`.
    this.rows.push(Object.fromEntries(row));
  }

  #tooMany(code: string, row: number, fr: string, en: string, most: number): never {
    throw listFault(this.#file, code, row, {
      fr: `Ce fichier a trop de ${fr} : ${most} au plus, partagez-le en plusieurs listes.`,
      en: `This file has too many ${en}: at most ${most}, divide it into several lists.`,
    });
  }
}

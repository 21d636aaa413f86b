import { Fault } from '../../fault.ts';
import { booleanCell, CellTexts, numberCell } from '../../workbook/cell-xml.ts';
import { Workbook } from '../../workbook/workbook-writer.ts';
import type { Cell, FormDefinition, Row } from '../definition.ts';

/** Columns that Excel can show. */
const maxColumns = 16_384;
/** In characters. */
const [narrowest, widest] = [10, 60];
/** Rows that say how wide a column should be. */
const measuredRows = 200;

/** What a sheet without rows begins with, so that its reader sees what it is for. */
const emptyChoices: Row = { list_name: null, name: null, label: null };

/**
 * Writes a form as an Excel workbook that other XLSForm tools read: every column, ours and theirs, in
 * order of first appearance; texts as texts, never as formulas; numbers and booleans as they are.
 * Equal definitions give equal bytes. Throws Fault `invalid-form` for more columns than Excel has.
 */
export async function writeWorkbook(definition: FormDefinition): Promise<Uint8Array> {
  const { survey, choices, settings, entities, external_choices: externalChoices } = definition;
  const sheets: readonly (readonly [name: string, rows: readonly Row[] | undefined])[] = [
    ['survey', survey],
    ['choices', choices.length === 0 ? [emptyChoices] : choices],
    ['settings', [settings]],
    ['entities', entities],
    ['external_choices', externalChoices],
  ];
  const book = new Workbook(new CellTexts({ exact: true }), { filtered: false });
  for (const [name, rows] of sheets) if (rows !== undefined) writeSheet(book, name, rows);
  book.end();
  return Buffer.concat(await Array.fromAsync(book.body));
}

function writeSheet(book: Workbook, name: string, rows: readonly Row[]): void {
  const titles = headingsOf(rows);
  if (titles.length > maxColumns) throw tooManyColumns(name);
  const written = rows.map((row) => cellsOf(row, titles));
  const measured = [titles, ...written].slice(0, measuredRows);
  const headings = titles.map((title, column) => ({ title, width: widthOf(measured, column) }));
  const sheet = book.open(book.group(name, { passed: true }), headings);
  for (const row of written) {
    sheet.row(
      row.map((cell) => {
        if (cell === null || cell === '') return '';
        if (typeof cell === 'number') return numberCell(cell, book.texts);
        return typeof cell === 'boolean' ? booleanCell(cell) : book.texts.text(cell);
      }),
    );
  }
  sheet.end();
}

/** Headings mean the same with and without blanks around them; a column without one means nothing. */
function headingsOf(rows: readonly Row[]): readonly string[] {
  const headings = new Set(rows.flatMap((row) => Object.keys(row).map((key) => key.trim())));
  headings.delete('');
  return [...headings];
}

function cellsOf(row: Row, headings: readonly string[]): (string | number | boolean | null)[] {
  const cells = new Map<string, Cell>();
  for (const [key, cell] of Object.entries(row)) {
    if (cell !== null && cell !== '') cells.set(key.trim(), cell);
  }
  return headings.map((heading) => {
    const cell = cells.get(heading) ?? null;
    // A number that would have an exponent is its text: it would come back as other digits.
    return typeof cell === 'number' && !isExact(cell) ? String(cell) : cell;
  });
}

function isExact(number: number): boolean {
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && !String(number).includes('e');
}

function widthOf(rows: readonly (readonly Cell[])[], column: number): number {
  let width = narrowest;
  for (const row of rows) {
    for (const line of String(row[column] ?? '')
      .slice(0, 1_000)
      .split('\n')) {
      width = Math.max(width, line.length + 2);
    }
  }
  return Math.min(width, widest);
}

function tooManyColumns(sheet: string): Fault {
  const message = {
    fr: `La feuille ${sheet} a plus de ${maxColumns} colonnes : Excel n’en a pas autant.`,
    en: `The sheet ${sheet} has more than ${maxColumns} columns: Excel has fewer.`,
  };
  const at = { sheet, row: 1, column: '' };
  return new Fault('invalid-form', {
    errors: [{ pointer: `/${sheet}`, code: 'too-many-columns', message, at }],
  });
}

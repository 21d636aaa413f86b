import type { Cell as WrittenCell, WriteSheet } from 'hucre/xlsx';
import { Fault } from '../../fault.ts';
import type { Cell, FormDefinition, Row } from '../definition.ts';
import { cellEscapes } from './cell-escapes.ts';

/** Columns that Excel can show. */
const maxColumns = 16_384;
/** In characters. */
const [narrowest, widest] = [10, 60];
/** Rows that say how wide a column should be. */
const measuredRows = 200;

/** What a sheet without rows begins with, so that its reader sees what it is for. */
const emptyChoices: Row = { list_name: null, name: null, label: null };

/** Excel writes the moment of saving: that of the form would change the bytes of equal forms. */
const savedAt = new Date(Date.UTC(2000, 0, 1));

/**
 * Writes a form as an Excel workbook that other XLSForm tools read: every column, ours and theirs, in
 * order of first appearance; texts as texts, never as formulas; numbers and booleans as they are.
 * Equal definitions give equal bytes. Throws Fault `invalid-form` for more columns than Excel has.
 */
export async function writeWorkbook(definition: FormDefinition): Promise<Uint8Array> {
  const { survey, choices, settings, entities, external_choices: externalChoices } = definition;
  const sheets = [
    sheetOf('survey', survey),
    sheetOf('choices', choices.length === 0 ? [emptyChoices] : choices),
    sheetOf('settings', [settings]),
    ...(entities === undefined ? [] : [sheetOf('entities', entities)]),
    ...(externalChoices === undefined ? [] : [sheetOf('external_choices', externalChoices)]),
  ];
  // Few requests write a workbook: no other should pay for loading the library.
  const { writeXlsx } = await import('./load-library.ts');
  return writeXlsx({ sheets, properties: { modified: savedAt } });
}

function sheetOf(name: string, rows: readonly Row[]): WriteSheet {
  const headings = headingsOf(rows);
  if (headings.length > maxColumns) throw tooManyColumns(name);
  const cells = new Map<string, Partial<WrittenCell>>(
    headings.map((_, column) => [`0,${column}`, { style: { font: { bold: true } } }]),
  );
  const written = [headings, ...rows.map((row) => cellsOf(row, headings))].map((values, row) =>
    values.map((value, column) => {
      if (typeof value !== 'string') return value;
      const { text, isError } = cellEscapes(value);
      // The writer takes the text #REF! for an error, unless it is rich text.
      if (isError) cells.set(`${row},${column}`, { richText: [{ text }] });
      return text;
    }),
  );
  return {
    name,
    rows: written,
    columns: headings.map((_, column) => ({ width: widthOf(written, column) })),
    cells,
    freezePane: { rows: 1 },
  };
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
  for (const row of rows.slice(0, measuredRows)) {
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
    fr: `La feuille ${sheet} a plus de ${maxColumns} colonnes : Excel n’en a pas autant.`,
    en: `The sheet ${sheet} has more than ${maxColumns} columns: Excel has fewer.`,
  };
  const at = { sheet, row: 1, column: '' };
  return new Fault('invalid-form', {
    errors: [{ pointer: `/${sheet}`, code: 'too-many-columns', message, at }],
  });
}

import { refusedWorkbook } from './workbook-issues.ts';

/** The cells of a sheet and how far they go. */
export interface SheetData {
  /** `<sheetData>` alone, in a worksheet of its own. */
  readonly xml: string;
  /** The last row and column that hold something, from 1; 0 if none does. */
  readonly rows: number;
  readonly columns: number;
}

const begin = /<(?:[\w.-]+:)?sheetData(?=[\s/>])/;
const end = /<\/(?:[\w.-]+:)?sheetData\s*>/g;
/** With its reference, if that comes first, as it nearly always does. */
const rowOrCell = /<(?:[\w.-]+:)?(?:(row)|c)(?=[\s/>])(?: r="([A-Z]{0,3})(\d{1,7})")?/g;
const reference = /(?:^|\s)r\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["']/;
/** The reader repeats a `<col>` for each column that it spans: a sheet has them, but not among its cells. */
const columnsAmongCells = /<(?:[\w.-]+:)?cols?[\s/>]/;

/**
 * Cuts a sheet down to its cells and measures them, so that the reader, which makes a full rectangle
 * of a sheet, meets no column widths, drawings or links and knows where to stop. Cells that are
 * formatted but empty (to the last of 16,384 columns, often) do not count. Throws Fault
 * `invalid-form` if tags do not end.
 */
export function sheetData(part: string, text: string): SheetData {
  const first = begin.exec(text);
  if (first === null) return { xml: '', rows: 0, columns: 0 };
  const start = endOfTag(part, text, first.index);
  if (text.charAt(start - 2) === '/') return { xml: '', rows: 0, columns: 0 };
  end.lastIndex = start;
  const last = end.exec(text);
  if (last === null) throw refusedWorkbook('damaged-workbook', part);
  const cells = text.slice(start, last.index);
  if (columnsAmongCells.test(cells)) throw refusedWorkbook('damaged-workbook', part);
  return { xml: `<worksheet><sheetData>${cells}</sheetData></worksheet>`, ...extent(part, cells) };
}

function extent(part: string, cells: string): { rows: number; columns: number } {
  let [row, column, rows, columns] = [0, 0, 0, 0];
  const tags = new RegExp(rowOrCell);
  for (let tag = tags.exec(cells); tag !== null; tag = tags.exec(cells)) {
    // Found apart from the pattern: if tags never ended, it would run to the end from each.
    const after = endOfTag(part, cells, tags.lastIndex);
    let [, , letters = '', digits] = tag;
    if (digits === undefined) {
      [, letters = '', digits] = reference.exec(cells.slice(tags.lastIndex, after - 1)) ?? [];
    }
    tags.lastIndex = after;
    if (tag[1] !== undefined) {
      row = digits === undefined ? row + 1 : Number(digits);
      column = 0;
      continue;
    }
    if (digits !== undefined) row = Number(digits);
    column = letters === '' ? column + 1 : columnNumber(letters);
    if (cells.charAt(after - 2) === '/') continue;
    if (row === 0) throw refusedWorkbook('damaged-workbook', part);
    if (row > rows) rows = row;
    if (column > columns) columns = column;
  }
  return { rows, columns };
}

/** Where the tag that stands at `from` is over. */
function endOfTag(part: string, text: string, from: number): number {
  const found = text.indexOf('>', from);
  if (found === -1) throw refusedWorkbook('damaged-workbook', part);
  return found + 1;
}

/** `A` is 1. */
function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

/** 1 is `A`. */
export function columnLetters(number: number): string {
  let letters = '';
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

import type { Cell } from '../definition.ts';
import type { XmlAttributes } from '../../parse-xml.ts';
import type { PartReader, WorkbookPackage } from './workbook-package.ts';
import { refusedWorkbook } from './workbook-messages.ts';

/** A cell from which no value can be had, and what stands in it. */
export class CellProblem {
  readonly code: 'bad-date' | 'formula-error' | 'formula-without-value';
  readonly text: string;

  constructor(code: CellProblem['code'], text = '') {
    this.code = code;
    this.text = text;
  }
}

export interface SheetCells {
  /** Row by row from the first, each as long as its last cell within the bounds. */
  readonly cells: readonly (readonly (Cell | CellProblem)[])[];
  /** The last row and column that hold something, from 1, within the bounds or not; 0 if none does. */
  readonly rows: number;
  readonly columns: number;
}

/** What a sheet may have: cells beyond are counted, but not kept. */
export interface SheetBounds {
  readonly rows: number;
  readonly columns: number;
}

/** What cells refer to: strings by number, and the styles that show a number as a date or a time. */
export interface CellContext {
  readonly strings: readonly string[];
  readonly dateStyles: ReadonlySet<string>;
  readonly isFrom1904: boolean;
}

/** 20,000 rows have about 300,000 strings. */
const maxStrings = 600_000;
/** The longest format code that Excel takes. */
const maxFormatLength = 255;

/** Throws Faults `invalid-form` and `body-too-large`. */
export function cellContext(workbook: WorkbookPackage): CellContext {
  const { strings, styles, isFrom1904 } = workbook;
  return {
    strings: strings === undefined ? [] : readStrings(workbook, strings),
    dateStyles: styles === undefined ? new Set() : readDateStyles(workbook, styles),
    isFrom1904,
  };
}

/** The texts of an element: of rich text every run, without the phonetic hints beside it (`rPh`). */
class TextReader {
  #written: string | undefined;
  #text = '';

  open(name: string, parent: string): void {
    if (name === 't' && parent !== 'rPh') this.#written = '';
  }

  say(text: string): void {
    if (this.#written !== undefined) this.#written += text;
  }

  close(name: string): void {
    if (name !== 't' || this.#written === undefined) return;
    this.#text += unescaped(this.#written);
    this.#written = undefined;
  }

  /** What has been read, once. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** What XML cannot hold stands in texts by its number, `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function readStrings(workbook: WorkbookPackage, part: string): readonly string[] {
  const strings: string[] = [];
  const reader = new TextReader();
  workbook.read(part, {
    open: (name, parent) => {
      reader.open(name, parent);
    },
    text: (text) => {
      reader.say(text);
    },
    close: (name) => {
      reader.close(name);
      if (name !== 'si') return;
      strings.push(reader.take());
      if (strings.length > maxStrings) {
        throw refusedWorkbook('workbook-too-large', 'sharedStrings', String(maxStrings));
      }
    },
  });
  return strings;
}

/** The numbers, as cells have them, of styles whose format shows a date or a time. */
function readDateStyles(workbook: WorkbookPackage, part: string): ReadonlySet<string> {
  const dates = new Set<string>();
  const formats = new Map<string, string>();
  let count = 0;
  workbook.read(part, {
    open: (name, parent, attributes) => {
      const id = attributes.get('numFmtId') ?? '0';
      if (name === 'numFmt') formats.set(id, attributes.get('formatCode') ?? '');
      if (name !== 'xf' || parent !== 'cellXfs') return;
      const code = formats.get(id) ?? '';
      if (code === '' ? isBuiltInDate(Number(id)) : showsDate(code)) dates.add(String(count));
      count += 1;
    },
  });
  return dates;
}

/** Formats that every workbook has (ECMA-376 part 1, 18.8.30), those of East Asian languages among them. */
function isBuiltInDate(id: number): boolean {
  return [
    [14, 22],
    [27, 36],
    [45, 47],
    [50, 58],
  ].some(([from = 0, to = 0]) => id >= from && id <= to);
}

/** Whether a format code has a year, month, day, hour or second in it, apart from texts, fillers, colours and conditions. */
function showsDate(code: string): boolean {
  if (code.length > maxFormatLength) return false;
  const plain = code.replaceAll(/"[^"]*"?|[\\_*]./gs, '');
  return /\[(?:h+|m+|s+)\]/i.test(plain) || /[ymdhs]/i.test(plain.replaceAll(/\[[^\]]*\]/g, ''));
}

/** Reads the cells of a sheet. Those that are formatted but empty do not count. Throws as `read` does. */
export function sheetCells(
  workbook: WorkbookPackage,
  part: string,
  context: CellContext,
  bounds: SheetBounds,
): SheetCells {
  const reader = new SheetReader(part, context, bounds);
  workbook.read(part, reader);
  return reader;
}

class SheetReader implements SheetCells, PartReader {
  readonly cells: (Cell | CellProblem)[][] = [];
  rows = 0;
  columns = 0;
  readonly #part: string;
  readonly #context: CellContext;
  readonly #bounds: SheetBounds;
  readonly #inline = new TextReader();
  /** Of the cell that is being read, from 1. */
  #row = 0;
  #column = 0;
  #type = '';
  #style = '';
  #value: string | undefined;
  #inValue = false;
  #hasFormula = false;
  #isEmpty = true;

  constructor(part: string, context: CellContext, bounds: SheetBounds) {
    this.#part = part;
    this.#context = context;
    this.#bounds = bounds;
  }

  open(name: string, parent: string, attributes: XmlAttributes): void {
    if (parent === 'sheetData') this.#openRow(name, attributes);
    else if (parent === 'row' && name === 'c') this.#openCell(attributes);
    else if (parent === 'c') {
      this.#isEmpty = false;
      this.#inValue = name === 'v';
      if (name === 'v') this.#value = '';
      if (name === 'f') this.#hasFormula = true;
    } else this.#inline.open(name, parent);
  }

  text(text: string): void {
    if (this.#inValue) this.#value = (this.#value ?? '') + text;
    else this.#inline.say(text);
  }

  close(name: string, parent: string): void {
    this.#inValue = false;
    if (name === 'c' && parent === 'row') this.#closeCell();
    else this.#inline.close(name);
  }

  #openRow(name: string, attributes: XmlAttributes): void {
    if (name !== 'row') throw this.#damaged();
    const [, row = this.#row + 1] = this.#reference(attributes);
    [this.#row, this.#column] = [row, 0];
  }

  #openCell(attributes: XmlAttributes): void {
    const [column = this.#column + 1, row = this.#row] = this.#reference(attributes);
    if (row === 0) throw this.#damaged();
    [this.#row, this.#column] = [row, column];
    this.#type = attributes.get('t') ?? 'n';
    this.#style = attributes.get('s') ?? '';
    this.#value = undefined;
    this.#hasFormula = false;
    this.#isEmpty = true;
    this.#inline.take();
  }

  /** The column and the row that the attribute `r` names. Writers may leave it out: what follows is next. */
  #reference(attributes: XmlAttributes): readonly (number | undefined)[] {
    const written = attributes.get('r');
    if (written === undefined) return [];
    const [, letters = '', digits] = /^([A-Za-z]{0,3})(\d{1,7})$/.exec(written) ?? [];
    if (digits === undefined) throw this.#damaged();
    return [letters === '' ? undefined : columnNumber(letters), Number(digits)];
  }

  #closeCell(): void {
    if (this.#isEmpty) return;
    const [row, column] = [this.#row, this.#column];
    this.rows = Math.max(this.rows, row);
    this.columns = Math.max(this.columns, column);
    if (row > this.#bounds.rows || column > this.#bounds.columns) return;
    while (this.cells.length < row) this.cells.push([]);
    const cells = this.cells[row - 1] ?? [];
    while (cells.length < column) cells.push(null);
    cells[column - 1] = this.#content();
  }

  #content(): Cell | CellProblem {
    const [type, value] = [this.#type, this.#value];
    if (type === 'inlineStr') return this.#inline.take();
    if (type === 'str') return unescaped(value ?? '');
    if (type === 'e') return new CellProblem('formula-error', value);
    if (value === undefined || (value === '' && type !== 's')) {
      return this.#hasFormula ? new CellProblem('formula-without-value') : null;
    }
    if (type === 's') return this.#context.strings[Number(value)] ?? null;
    if (type === 'b') return /^(?:1|true)$/i.test(value);
    const number = Number(value);
    if (Number.isNaN(number)) return value;
    if (!this.#context.dateStyles.has(this.#style)) return numberCell(number);
    return momentCell(number, this.#context.isFrom1904) ?? new CellProblem('bad-date');
  }

  #damaged(): Error {
    return refusedWorkbook('damaged-workbook', this.#part);
  }
}

/** A number that a double does not hold exactly, or that would be written with an exponent, is its digits. */
function numberCell(value: number): number | string {
  if (Object.is(value, -0)) return 0;
  const isPlain = Number.isFinite(value) && !String(value).includes('e');
  if (isPlain && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const sign = value < 0 ? '-' : '';
  return `${sign}0.${'0'.repeat(-Number(exponent) - whole.length)}${whole}${fraction}`;
}

const dayLength = 86_400_000;

/**
 * A serial number of days as ISO 8601: the date alone at midnight, the time alone before the first day,
 * no zone, for a workbook has none. Undefined: no date that has four digits for its year. Excel takes
 * 1900 for a leap year: its day 60 is none.
 */
function momentCell(serial: number, isFrom1904: boolean): string | undefined {
  const first = isFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 31);
  const days = isFrom1904 || serial < 60 ? serial : serial - 1;
  const time = first + Math.round(days * dayLength);
  if (!(time >= first && time < Date.UTC(10_000, 0, 1))) return undefined;
  const [date = '', clock = ''] = new Date(time).toISOString().replace('Z', '').split('T');
  const hours = clock.replace(/\.000$/, '');
  if (time < first + dayLength) return hours;
  return hours === '00:00:00' ? date : `${date}T${hours}`;
}

/** `A` is 1. */
function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

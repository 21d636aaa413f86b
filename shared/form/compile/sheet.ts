import type { Translations } from '../../text.ts';
import type { AttributeOf, Heading } from './columns.ts';
import { CellNotes } from './cell-notes.ts';
import { cellText, maxRows, rowNumber, type Row } from '../definition.ts';
import type { CellPlace } from '../issues/form-issues.ts';
import type { HeadingLanguage } from '../languages.ts';
import { SheetHeadings, type SheetOptions } from './sheet-headings.ts';

/** What a cell of a workbook can hold, in UTF-16 code units. */
const maxCellLength = 32_767;

export interface CellRead {
  /** As the form writes it. */
  readonly heading: string;
  readonly text: string;
}

interface KnownCell extends CellRead {
  readonly column: string;
  /** A language's code; undefined: the heading names none. */
  readonly language: string | undefined;
}

interface SheetAttribute {
  readonly of: AttributeOf;
  readonly name: string;
  readonly text: string;
}

const noCells: readonly CellRead[] = [];
const noOthers: ReadonlyMap<string, string> = new Map();
const noAttributes: ReadonlyMap<string, SheetAttribute> = new Map();

/**
 * One row of a sheet under the names of its columns, however the form writes them. Cells are a list,
 * not a map: there are few of them, and a form has tens of thousands of rows.
 */
export class SheetRow {
  readonly sheet: string;
  readonly row: number;
  readonly #cells: KnownCell[] = [];
  #others: Map<string, string> | undefined;
  #attributes: Map<string, SheetAttribute> | undefined;

  constructor(sheet: string, row: number) {
    this.sheet = sheet;
    this.row = row;
  }

  /** Cells of columns that the sheet's table does not know, by heading. */
  get others(): ReadonlyMap<string, string> {
    return this.#others ?? noOthers;
  }

  /** Attributes for clients (`bind::odk:length`), by heading. */
  get attributes(): ReadonlyMap<string, SheetAttribute> {
    return this.#attributes ?? noAttributes;
  }

  setOther(heading: string, text: string): void {
    this.#others ??= new Map();
    this.#others.set(heading, text);
  }

  /** Takes a cell. Returns the one that says another thing of the same, if there is one. */
  set(heading: Heading, written: string, text: string): CellRead | undefined {
    if (heading.attribute !== undefined) {
      this.#attributes ??= new Map();
      this.#attributes.set(written, { ...heading.attribute, text });
      return undefined;
    }
    const { column } = heading;
    const language = heading.language?.code;
    const before = this.#cells.find((cell) => cell.column === column && cell.language === language);
    if (before === undefined) this.#cells.push({ column, language, heading: written, text });
    return before?.text === text ? undefined : before;
  }

  /** Whether any cell of the column says something, in whatever language. */
  has(column: string): boolean {
    for (const cell of this.#cells) if (cell.column === column) return true;
    return false;
  }

  /** The cell's text, '' if there is none. */
  text(column: string): string {
    for (const cell of this.#cells) {
      if (cell.column === column && cell.language === undefined) return cell.text;
    }
    return '';
  }

  /** What the row says in each language; a heading without language speaks the default one. */
  translations(column: string, defaultLanguage: string): Translations {
    const texts = new Map<string, string>();
    let plain = '';
    for (const cell of this.#cells) {
      if (cell.column !== column) continue;
      if (cell.language === undefined) plain = cell.text;
      else texts.set(cell.language, cell.text);
    }
    if (plain !== '' && !texts.has(defaultLanguage)) texts.set(defaultLanguage, plain);
    return texts;
  }

  hasPlain(column: string): boolean {
    return this.text(column) !== '';
  }

  /** Every cell of a column, in whatever language, the one without a language first. */
  cells(column: string): readonly CellRead[] {
    if (!this.has(column)) return noCells;
    const cells = this.#cells.filter((cell) => cell.column === column);
    return [
      ...cells.filter((cell) => cell.language === undefined),
      ...cells.filter((cell) => cell.language !== undefined),
    ];
  }

  /** Where the cell stands, under the heading that the form gives it. */
  place(column: string, written = this.cells(column)[0]?.heading): CellPlace {
    return { sheet: this.sheet, row: this.row, column: written ?? column };
  }

  isEmpty(): boolean {
    return this.#cells.length === 0 && this.#attributes === undefined;
  }
}

export interface SheetRead {
  readonly rows: readonly SheetRow[];
  /** In order of appearance. */
  readonly languages: readonly HeadingLanguage[];
  /** No heading is the column that every row needs: there are rows, but none is read. */
  readonly unreadable: boolean;
}

/** Reads the rows of a sheet. Empty cells and empty rows are left out. */
export function readSheet(rows: readonly Row[], options: SheetOptions): SheetRead {
  const { sheet, issues, before = 0 } = options;
  if (before + rows.length > maxRows) {
    const place = { sheet, row: rowNumber(maxRows), column: '' };
    issues.add('too-many-rows', place, String(before + rows.length), String(maxRows));
  }
  const read = rows.slice(0, maxRows);
  const headings = new SheetHeadings(read, options);
  const notes = new CellNotes(sheet, issues);
  const found: SheetRow[] = [];
  for (const [index, cells] of read.entries()) {
    const row = new SheetRow(sheet, rowNumber(before + index));
    for (const written of Object.keys(cells)) {
      const cell = cells[written];
      const text = cellText(cell);
      if (text === '') continue;
      const place = (): CellPlace => ({ sheet, row: row.row, column: written });
      if (text.length > maxCellLength) {
        issues.add('cell-too-long', place(), String(maxCellLength));
        continue;
      }
      const heading = headings.get(written);
      if (heading === undefined) row.setOther(written.trim(), text);
      else if (!heading.ignored) {
        if (heading.code && cell !== text && typeof cell === 'string') notes.trimmed(place());
        const same = row.set(heading, written, text);
        if (same !== undefined) issues.add('column-twice', place(), written, same.heading);
      }
    }
    if (row.isEmpty()) notes.blank(row.row);
    else {
      found.push(row);
      notes.filled();
    }
  }
  notes.tell();
  const unreadable = found.length > 0 && headings.lacksRequired();
  return { rows: unreadable ? [] : found, languages: headings.languages(), unreadable };
}

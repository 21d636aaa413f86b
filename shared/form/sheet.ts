import type { Translations } from '../text.ts';
import type { AttributeOf, ColumnRow, Heading } from './columns.ts';
import { CellNotes } from './cell-notes.ts';
import { cellText, maxRows, rowNumber, type Row } from './definition.ts';
import type { CellPlace, FormIssues } from './form-issues.ts';
import type { HeadingLanguage } from './languages.ts';
import { SheetHeadings } from './sheet-headings.ts';

/** What a cell of a workbook can hold, in UTF-16 code units. */
const maxCellLength = 32_767;

export interface CellRead {
  readonly heading: string;
  readonly text: string;
}

interface SheetAttribute {
  readonly of: AttributeOf;
  readonly name: string;
  readonly text: string;
}

/** One row of a sheet under the names of its columns, however the form writes them. */
export class SheetRow {
  readonly sheet: string;
  readonly row: number;
  /** Cells of columns that the sheet's table does not know, by heading. */
  readonly others = new Map<string, string>();
  /** Attributes for clients (`bind::odk:length`), by heading. */
  readonly attributes = new Map<string, SheetAttribute>();
  readonly #plain = new Map<string, CellRead>();
  readonly #translated = new Map<string, Map<string, CellRead>>();

  constructor(sheet: string, row: number) {
    this.sheet = sheet;
    this.row = row;
  }

  /** Takes a cell. Returns the one that says the same thing otherwise, if there is one. */
  set(heading: Heading, written: string, text: string): CellRead | undefined {
    if (heading.attribute !== undefined) {
      this.attributes.set(written, { ...heading.attribute, text });
      return undefined;
    }
    const { column, language } = heading;
    const cells = language === undefined ? this.#plain : this.#languagesOf(column);
    const key = language === undefined ? column : language.code;
    const before = cells.get(key);
    if (before === undefined) cells.set(key, { heading: written, text });
    return before?.text === text ? undefined : before;
  }

  #languagesOf(column: string): Map<string, CellRead> {
    const languages = this.#translated.get(column) ?? new Map<string, CellRead>();
    this.#translated.set(column, languages);
    return languages;
  }

  /** Whether any cell of the column says something, in whatever language. */
  has(column: string): boolean {
    return this.#plain.has(column) || this.#translated.has(column);
  }

  /** The cell's text, '' if there is none. */
  text(column: string): string {
    return this.#plain.get(column)?.text ?? '';
  }

  /** What the row says in each language; a heading without language speaks the default one. */
  translations(column: string, defaultLanguage: string): Translations {
    const texts = new Map<string, string>();
    for (const [code, cell] of this.#translated.get(column) ?? []) texts.set(code, cell.text);
    const plain = this.text(column);
    if (plain !== '' && !texts.has(defaultLanguage)) texts.set(defaultLanguage, plain);
    return texts;
  }

  hasPlain(column: string): boolean {
    return this.#plain.has(column);
  }

  /** Every cell of a column, in whatever language. */
  cells(column: string): readonly CellRead[] {
    const plain = this.#plain.get(column);
    return [
      ...(plain === undefined ? [] : [plain]),
      ...(this.#translated.get(column)?.values() ?? []),
    ];
  }

  /** Where the cell stands, under the heading that the form gives it. */
  place(column: string, written = this.cells(column)[0]?.heading): CellPlace {
    return { sheet: this.sheet, row: this.row, column: written ?? column };
  }

  isEmpty(): boolean {
    return this.#plain.size === 0 && this.#translated.size === 0 && this.attributes.size === 0;
  }
}

export interface SheetRead {
  readonly rows: readonly SheetRow[];
  /** In order of appearance. */
  readonly languages: readonly HeadingLanguage[];
  /** No heading is the column that every row needs: there are rows, but none is read. */
  readonly unreadable: boolean;
}

export interface SheetOptions {
  readonly sheet: string;
  readonly columns: readonly ColumnRow[];
  readonly issues: FormIssues;
  /** Rows of the sheet that stand before these: 0 unless said. */
  readonly before?: number;
  /** Columns without which no row means anything. */
  readonly required?: readonly string[];
  /** Columns outside the table are the form's own (choices, settings), or a slip worth a warning. */
  readonly others: 'kept' | 'reported';
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
      const place = { sheet, row: row.row, column: written };
      if (text.length > maxCellLength) {
        issues.add('cell-too-long', place, String(maxCellLength));
        continue;
      }
      const heading = headings.get(written);
      if (heading === undefined) row.others.set(written.trim(), text);
      else if (!heading.ignored) {
        if (heading.code && cell !== text && typeof cell === 'string') notes.trimmed(place);
        const same = row.set(heading, written, text);
        if (same !== undefined) issues.add('column-twice', place, written, same.heading);
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

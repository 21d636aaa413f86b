import type { Translations } from '../text.ts';
import { headingReader, type AttributeOf, type ColumnRow, type Heading } from './columns.ts';
import { cellText, maxRows, rowNumber, type Row } from './definition.ts';
import type { CellPlace, FormIssues } from './form-issues.ts';
import type { HeadingLanguage } from './languages.ts';

/** What a cell of a workbook can hold, in UTF-16 code units. */
const maxCellLength = 32_767;

interface CellRead {
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

  set(heading: Heading, written: string, text: string): void {
    if (heading.attribute !== undefined) {
      this.attributes.set(written, { ...heading.attribute, text });
      return;
    }
    const cell = { heading: written, text };
    if (heading.language === undefined) {
      this.#plain.set(heading.column, cell);
      return;
    }
    const languages = this.#translated.get(heading.column) ?? new Map<string, CellRead>();
    languages.set(heading.language.code, cell);
    this.#translated.set(heading.column, languages);
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
}

export interface SheetOptions {
  readonly sheet: string;
  readonly columns: readonly ColumnRow[];
  readonly issues: FormIssues;
  /** Rows of the sheet that stand before these: 0 unless said. */
  readonly before?: number;
  /** Columns outside the table are the form's own (choices, settings), or a slip worth a warning. */
  readonly others: 'kept' | 'reported';
}

/** Reads the rows of a sheet. Empty cells and empty rows are left out. */
export function readSheet(rows: readonly Row[], options: SheetOptions): SheetRead {
  const { sheet, columns, issues, before = 0 } = options;
  const read = headingReader(columns);
  const headings = new Map<string, Heading | undefined>();
  const languages = new Map<string, HeadingLanguage>();
  if (before + rows.length > maxRows) {
    const place = { sheet, row: rowNumber(maxRows), column: '' };
    issues.add('too-many-rows', place, String(before + rows.length), String(maxRows));
  }
  const readHeading = (written: string): Heading | undefined => {
    if (headings.has(written)) return headings.get(written);
    const heading = read(written);
    headings.set(written, heading);
    if (heading?.language !== undefined && !languages.has(heading.language.code)) {
      languages.set(heading.language.code, heading.language);
    }
    if (heading === undefined && options.others === 'reported' && written.trim() !== '') {
      const near = issues.near(
        written,
        columns.map((entry) => entry.column),
      );
      issues.add('unknown-column', { sheet, row: 1, column: written }, written, near);
    }
    return heading;
  };
  const found = rows.slice(0, maxRows).map((cells, index) => {
    const row = new SheetRow(sheet, rowNumber(before + index));
    for (const [written, cell] of Object.entries(cells)) {
      const heading = readHeading(written);
      const text = cellText(cell);
      if (text === '') continue;
      if (text.length > maxCellLength) {
        issues.add(
          'cell-too-long',
          { sheet, row: row.row, column: written },
          String(maxCellLength),
        );
        continue;
      }
      if (heading === undefined) row.others.set(written.trim(), text);
      else if (!heading.ignored) row.set(heading, written, text);
    }
    return row;
  });
  return { rows: found.filter((row) => !row.isEmpty()), languages: [...languages.values()] };
}

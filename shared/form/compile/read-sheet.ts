import type { Translations } from '../../text.ts';
import { type AttributeOf, type Heading, headingReader, type ColumnRow } from './columns.ts';
import { cellText, maxRows, rowNumber, type Row } from '../definition.ts';
import type { CellPlace, FormIssues } from '../form-issues.ts';
import type { HeadingLanguage } from '../languages.ts';

/** What a cell of a workbook can hold, in UTF-16 code units. */
const maxCellLength = 32_767;

interface CellRead {
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

interface SheetRead {
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
  notes.report();
  const unreadable = found.length > 0 && headings.lacksRequired();
  return { rows: unreadable ? [] : found, languages: headings.languages(), unreadable };
}

/** How a sheet is read. */
interface SheetOptions {
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

/** The headings of a sheet, each read once. */
class SheetHeadings {
  readonly #options: SheetOptions;
  readonly #headings = new Map<string, Heading | undefined>();
  readonly #known = new Set<string>();

  constructor(rows: readonly Row[], options: SheetOptions) {
    this.#options = options;
    const read = headingReader(options.columns);
    for (const row of rows) {
      // Rows of a workbook all have the same headings; those of YAML each its own.
      for (const written of Object.keys(row)) {
        if (this.#headings.has(written)) continue;
        const heading = read(written);
        this.#headings.set(written, heading);
        if (heading !== undefined) this.#known.add(heading.column);
      }
    }
    for (const [written, heading] of this.#headings) {
      if (heading === undefined && written.trim() !== '') this.#reportUnknown(written);
    }
  }

  get(written: string): Heading | undefined {
    return this.#headings.get(written);
  }

  /** In order of appearance. */
  languages(): readonly HeadingLanguage[] {
    const languages = new Map<string, HeadingLanguage>();
    for (const heading of this.#headings.values()) {
      const language = heading?.language;
      if (language !== undefined && !languages.has(language.code)) {
        languages.set(language.code, language);
      }
    }
    return [...languages.values()];
  }

  /** Reports a column that every row needs and no heading is. */
  lacksRequired(): boolean {
    const { required = [], sheet, issues } = this.#options;
    const missing = required.filter((column) => !this.#known.has(column));
    for (const column of missing) {
      const near = issues.near(column, this.#headings.keys());
      issues.add('missing-column', { sheet, row: 1, column }, column, near);
    }
    return missing.length > 0;
  }

  /** Where any column may stand, one that is almost the name of a missing one is most likely it. */
  #reportUnknown(written: string): void {
    const { sheet, columns, issues, others } = this.#options;
    const names = columns.map(({ column }) => column);
    const place = { sheet, row: 1, column: written };
    if (others === 'reported') {
      issues.add('unknown-column', place, written, issues.near(written, names));
    } else if (written.trim().length > 3) {
      const missing = names.filter((name) => !this.#known.has(name));
      const near = issues.near(written.trim(), missing);
      if (near !== undefined) issues.add('column-like', place, written, near);
    }
  }
}

/** What is harmless in a sheet and yet worth a word, reported once for each column and not for each cell. */
class CellNotes {
  readonly #sheet: string;
  readonly #issues: FormIssues;
  /** By column: where cells first had blanks around them, and how many of them. */
  readonly #trimmed = new Map<string, { readonly first: CellPlace; count: number }>();
  /** Blank rows after which a row that is not blank has come. */
  #blank: { readonly first: number; readonly count: number } | undefined;
  #pending: { readonly first: number; count: number } | undefined;

  constructor(sheet: string, issues: FormIssues) {
    this.#sheet = sheet;
    this.#issues = issues;
  }

  trimmed(place: CellPlace): void {
    const known = this.#trimmed.get(place.column);
    if (known === undefined) this.#trimmed.set(place.column, { first: place, count: 1 });
    else known.count += 1;
  }

  blank(row: number): void {
    if (this.#pending === undefined) this.#pending = { first: row, count: 1 };
    else this.#pending.count += 1;
  }

  /** A row that says something: the blank ones before it are no mere end of the sheet. */
  filled(): void {
    if (this.#pending === undefined) return;
    const { first, count } = this.#pending;
    this.#blank = { first: this.#blank?.first ?? first, count: (this.#blank?.count ?? 0) + count };
    this.#pending = undefined;
  }

  report(): void {
    for (const { first, count } of this.#trimmed.values()) {
      this.#issues.add('blanks-around', first, String(count));
    }
    if (this.#blank !== undefined) {
      const place = { sheet: this.#sheet, row: this.#blank.first, column: '' };
      this.#issues.add('blank-rows', place, String(this.#blank.count));
    }
  }
}

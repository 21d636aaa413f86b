import { headingReader, type ColumnRow, type Heading } from './columns.ts';
import type { Row } from '../definition.ts';
import type { FormIssues } from '../issues/form-issues.ts';
import type { HeadingLanguage } from '../languages.ts';

/** How a sheet is read. */
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

/** The headings of a sheet, each read once. */
export class SheetHeadings {
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
      if (heading === undefined && written.trim() !== '') this.#tellUnknown(written);
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

  /** Tells of a column that every row needs and no heading is. */
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
  #tellUnknown(written: string): void {
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

import type { CellPlace, FormIssues } from '../issues/form-issues.ts';

/** What is harmless in a sheet and yet worth a word, told once for each column and not for each cell. */
export class CellNotes {
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

  tell(): void {
    for (const { first, count } of this.#trimmed.values()) {
      this.#issues.add('blanks-around', first, String(count));
    }
    if (this.#blank !== undefined) {
      const place = { sheet: this.#sheet, row: this.#blank.first, column: '' };
      this.#issues.add('blank-rows', place, String(this.#blank.count));
    }
  }
}

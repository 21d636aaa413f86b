import { Fault, type FaultDetail } from '../fault.ts';
import { formMessages, type FormMessageCode } from './form-messages.ts';
import { ExpressionError } from './expression/expression-error.ts';
import type { FormIssue } from './model.ts';
import { nearName } from './types/near-name.ts';

/** A cell of the form: row 1 is the header. */
export interface CellPlace {
  readonly sheet: string;
  readonly row: number;
  readonly column: string;
}

/** Nobody reads more errors at once, and an answer has room for no more. */
const maxIssues = 1_000;
const maxSearches = 100;

/** Gathers what is wrong with a form, so that its author hears everything at once. */
export class FormIssues {
  readonly errors: FormIssue[] = [];
  readonly warnings: FormIssue[] = [];
  #searches = 0;

  /** Adds the error or warning of this code; a and b are what its sentence speaks of. */
  add(code: FormMessageCode, place: CellPlace, a = '', b = ''): void {
    const { severity, message } = formMessages[code];
    const issue = { ...place, code, message: message(shorten(a), shorten(b)) };
    if (severity === 'error') this.#addError(issue);
    else if (this.warnings.length < maxIssues) this.warnings.push(issue);
  }

  /** The name most like the one that was meant; none once many have been looked for, as each takes time. */
  near(name: string, names: Iterable<string>): string | undefined {
    this.#searches += 1;
    return this.#searches > maxSearches ? undefined : nearName(name, names);
  }

  /** Adds what the expression parser refused; anything else is thrown on. */
  addExpressionError(place: CellPlace, cause: unknown): void {
    if (!(cause instanceof ExpressionError)) throw cause;
    const { fr, en } = cause.text;
    const character = cause.offset + 1;
    this.#addError({
      ...place,
      code: cause.code,
      message: { fr: `${fr} (caractère ${character})`, en: `${en} (character ${character})` },
    });
  }

  /** The same from sheet to sheet and from row to row, as an author goes through them. */
  inOrder(): { readonly errors: readonly FormIssue[]; readonly warnings: readonly FormIssue[] } {
    return { errors: byPlace(this.errors), warnings: byPlace(this.warnings) };
  }

  #addError(issue: FormIssue): void {
    if (this.errors.length < maxIssues) this.errors.push(issue);
    else if (this.errors.length === maxIssues) {
      const message = formMessages['too-many-faults'].message(String(maxIssues), '');
      this.errors.push({ sheet: '', row: 0, column: '', code: 'too-many-faults', message });
    }
  }
}

const sheets: readonly string[] = ['survey', 'choices', 'external_choices', 'settings', 'entities'];

/** Those of a row keep their order; what has no place, such as that there are more, comes last. */
function byPlace(issues: readonly FormIssue[]): readonly FormIssue[] {
  const rank = ({ sheet }: FormIssue): number =>
    sheet === '' ? sheets.length : sheets.indexOf(sheet);
  return issues.toSorted((one, other) => rank(one) - rank(other) || one.row - other.row);
}

/** What an author wrote is quoted, but not at any length. */
function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

/**
 * Every error of an uploaded form, by where its author and by where a program will look for it, with
 * what is odd beside them: an author hears everything at once.
 */
export function invalidForm(
  errors: readonly FormIssue[],
  warnings: readonly FormIssue[] = [],
): Fault {
  return new Fault('invalid-form', {
    errors: errors.map(detailOf),
    warnings: warnings.map(detailOf),
  });
}

function detailOf({ sheet, row, column, code, message }: FormIssue): FaultDetail {
  // Row 1 of a sheet is its header; in JSON row 2 is the first of the array.
  const pointer = row < 2 ? `/${sheet}` : `/${sheet}/${row - 2}/${escaped(column)}`;
  return { pointer, code, message, at: { sheet, row, column } };
}

function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

import { formMessages, type FormMessageCode } from './form-messages.ts';
import { ExpressionError } from './expression/expression-error.ts';
import type { FormIssue } from './model.ts';

/** A cell of the form: row 1 is the header. */
export interface CellPlace {
  readonly sheet: string;
  readonly row: number;
  readonly column: string;
}

/** Gathers what is wrong with a form, so that its author hears everything at once. */
export class FormIssues {
  readonly errors: FormIssue[] = [];
  readonly warnings: FormIssue[] = [];

  /** Adds the fault or warning of this code; a and b are what its sentence speaks of. */
  add(code: FormMessageCode, place: CellPlace, a = '', b = ''): void {
    const { severity, message } = formMessages[code];
    const list = severity === 'error' ? this.errors : this.warnings;
    list.push({ ...place, code, message: message(shorten(a), shorten(b)) });
  }

  /** Adds what the expression parser refused; anything else is thrown on. */
  addExpressionError(place: CellPlace, cause: unknown): void {
    if (!(cause instanceof ExpressionError)) throw cause;
    const { fr, en } = cause.text;
    const character = cause.offset + 1;
    this.errors.push({
      ...place,
      code: cause.code,
      message: { fr: `${fr} (caractère ${character})`, en: `${en} (character ${character})` },
    });
  }
}

/** What an author wrote is quoted, but not at any length. */
function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

import { Fault } from '../../fault.ts';
import { type CellPlace, invalidForm } from '../form-issues.ts';
import type { FormIssue } from '../model.ts';
import { faults, refusals, warnings } from './workbook-messages.ts';

/** Nobody reads more at once, and an answer has room for no more. */
const maxIssues = 1_000;

/** Gathers what is wrong with the sheets of a workbook, so that its author hears everything at once. */
export class WorkbookIssues {
  readonly warnings: FormIssue[] = [];
  readonly #errors: FormIssue[] = [];

  error(code: keyof typeof faults, place: CellPlace, a = '', b = ''): void {
    if (this.#errors.length < maxIssues) {
      this.#errors.push({ ...place, code, message: faults[code](shorten(a), shorten(b)) });
    }
  }

  warning(code: keyof typeof warnings, place: CellPlace, a = '', b = ''): void {
    if (this.warnings.length < maxIssues) {
      this.warnings.push({ ...place, code, message: warnings[code](shorten(a), shorten(b)) });
    }
  }

  /** Throws Fault `invalid-form` with every error so far, if there is one. */
  refuseErrors(): void {
    if (this.#errors.length > 0) throw invalidForm(this.#errors);
  }
}

/** The file cannot be read at all: Fault `body-too-large` for a bomb, else `invalid-form`. */
export function refusedWorkbook(
  code: keyof typeof refusals,
  a = '',
  b = '',
  cause?: unknown,
): Fault {
  const message = refusals[code](shorten(a), shorten(b));
  const at = { sheet: '', row: 0, column: '' };
  return new Fault(code === 'workbook-too-large' ? 'body-too-large' : 'invalid-form', {
    errors: [{ pointer: '', code, message, at }],
    cause,
  });
}

/** What an author wrote is quoted, but not at any length. */
function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

import type { Bilingual } from '../../text.ts';
import { answerMessages, type AnswerMessageCode } from './answer-messages.ts';

/** One error or warning; `pointer` is a JSON pointer (RFC 6901) into the answers. */
export interface AnswerIssue {
  readonly pointer: string;
  readonly code: string;
  readonly message: Bilingual;
}

/** So many errors are reported; more would only make a hostile body's answer larger than the body. */
const maxIssues = 500;

/** A name as one step of a JSON pointer. */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Gathers what is wrong with answers, up to a bound. */
export class AnswerIssues {
  readonly errors: AnswerIssue[] = [];
  readonly warnings: AnswerIssue[] = [];

  /** True once there is no room for another error: looking for more is in vain. */
  get full(): boolean {
    return this.errors.length > maxIssues;
  }

  error(code: AnswerMessageCode, pointer: string, a = '', b = ''): void {
    this.errorWith(code, pointer, answerMessages[code](shorten(a), shorten(b)));
  }

  /** An error in words of the form's own. */
  errorWith(code: AnswerMessageCode, pointer: string, message: Bilingual): void {
    add(this.errors, { pointer, code, message });
  }

  warn(code: AnswerMessageCode, pointer: string, a = '', b = ''): void {
    add(this.warnings, { pointer, code, message: answerMessages[code](shorten(a), shorten(b)) });
  }

  warnWith(code: AnswerMessageCode, pointer: string, message: Bilingual): void {
    add(this.warnings, { pointer, code, message });
  }
}

function add(list: AnswerIssue[], issue: AnswerIssue): void {
  if (list.length < maxIssues) list.push(issue);
  else if (list.length === maxIssues) {
    const message = answerMessages['too-many-faults'](String(maxIssues));
    list.push({ pointer: '', code: 'too-many-faults', message });
  }
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99).toWellFormed()}…`;
}

import type { Bilingual } from '../../text.ts';

export type ExpressionErrorCode =
  | 'empty-expression'
  | 'expression-too-long'
  | 'expression-too-deep'
  | 'unexpected-character'
  | 'smart-quote'
  | 'unterminated-text'
  | 'invalid-reference'
  | 'unexpected-token'
  | 'unexpected-end'
  | 'unsupported'
  | 'unknown-function'
  | 'wrong-arguments'
  | 'not-nodes'
  | 'invalid-regex'
  | 'too-costly';

/**
 * What is wrong with an expression, in words for its author, and where: `offset` counts UTF-16 code
 * units from the start of the source.
 */
export class ExpressionError extends Error {
  readonly code: ExpressionErrorCode;
  readonly text: Bilingual;
  readonly offset: number;

  constructor(code: ExpressionErrorCode, offset: number, fr: string, en: string) {
    super(`${en} (at ${offset})`);
    this.name = 'ExpressionError';
    this.code = code;
    this.text = { fr, en };
    this.offset = offset;
  }
}

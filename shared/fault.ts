import type { Bilingual } from './text.ts';

/** Every way in which a request can be refused. Permanent: clients may switch on it. */
export type FaultCode =
  | 'malformed-json'
  | 'malformed-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'conflict'
  | 'form-not-open'
  | 'erased'
  | 'stale-revision'
  | 'body-too-large'
  | 'record-too-large'
  | 'nesting-too-deep'
  | 'unsupported-media-type'
  | 'invalid-answers'
  | 'invalid-form'
  | 'invalid-body'
  | 'export-too-large'
  | 'revision-required'
  | 'too-many-requests'
  | 'not-implemented'
  | 'store-unavailable';

/** One fault in a body. `pointer` is a JSON pointer (RFC 6901) into that body. */
export interface FaultDetail {
  readonly pointer: string;
  readonly code: string;
  readonly message: Bilingual;
  /** Where it stands in an XLSForm: sheet name, row (1 is the header), column heading. */
  readonly at?: { readonly sheet: string; readonly row: number; readonly column: string };
}

/** An honest refusal, mapped to a problem document in one place (shared/http/problems.ts). */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly errors: readonly FaultDetail[];
  /** What is odd beside that, and would be told if there were no errors. */
  readonly warnings: readonly FaultDetail[];
  /** Members added to the problem document, such as the current revision. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: FaultCode,
    options: {
      readonly errors?: readonly FaultDetail[];
      readonly warnings?: readonly FaultDetail[];
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.errors = options.errors ?? [];
    this.warnings = options.warnings ?? [];
    this.extra = options.extra ?? {};
  }
}

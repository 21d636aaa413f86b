import { Fault } from '../fault.ts';
import type { FaultCode, FaultDetail } from '../fault.ts';
import type { Bilingual, Language } from '../text.ts';
import { problemKinds } from './problem-kinds.ts';

/** One fault of a body in a problem document. */
interface ProblemError {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly sheet?: string;
  readonly row?: number;
  readonly column?: string;
}

/** RFC 9457, with the members that Fiche adds. `code` is permanent: clients may switch on it. */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: FaultCode | 'internal';
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly ProblemError[];
  readonly warnings?: readonly ProblemError[];
  readonly [member: string]: unknown;
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

export const problemMediaType = 'application/problem+json';

function inLanguage(errors: readonly FaultDetail[], language: Language): ProblemError[] {
  return errors.map(({ pointer, code, message, at }) => ({
    pointer,
    code,
    message: message[language],
    ...at,
  }));
}

function detailOf(detail: Bilingual, errors: readonly FaultDetail[], language: Language): string {
  const [first] = errors;
  return errors.length === 1 && first !== undefined ? first.message[language] : detail[language];
}

/**
 * An error as a client gets it. Of anything but a Fault it learns nothing except the
 * requestId: messages and stacks of unknown errors may quote answers, tokens or the store.
 */
export function problemOf(
  error: unknown,
  { language, requestId }: { readonly language: Language; readonly requestId: string },
): ProblemAnswer {
  const fault = error instanceof Fault ? error : undefined;
  const code = fault?.code ?? 'internal';
  const { status, title, detail, retryAfter } = problemKinds[code];
  const { errors = [], warnings = [] } = fault ?? {};
  return {
    status,
    headers: {
      'content-type': problemMediaType,
      'content-language': language,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="fiche"' }),
    },
    body: {
      ...fault?.extra,
      type: `/problems/${code}`,
      title: title[language],
      status,
      code,
      detail: detailOf(detail, errors, language),
      requestId,
      errors: inLanguage(errors, language),
      ...(warnings.length > 0 && { warnings: inLanguage(warnings, language) }),
    },
  };
}

import type { Answer } from './endpoint.ts';
import type { ProblemAnswer } from './problems.ts';

/** True for what OData clients ask for. */
export function isODataPath(path: string): boolean {
  return path.startsWith('/v1/odata/');
}

/**
 * A problem document that OData clients understand, too: they read `error` (OData 4.0 JSON format, 19).
 * Spreadsheets know Basic authentication alone, so that is offered first.
 */
export function odataRefusal({ status, headers, body }: ProblemAnswer): Answer {
  const { code, detail, errors } = body;
  const details = errors.map((error) => ({ code: error.code, message: error.message }));
  return {
    status,
    headers: {
      ...headers,
      'odata-version': '4.0',
      ...(status === 401 && {
        'www-authenticate': 'Basic realm="fiche", charset="UTF-8", Bearer realm="fiche"',
      }),
    },
    body: { ...body, error: { code, message: detail, details } },
  };
}

import { xmlText } from '../xml-text.ts';
import type { Answer } from './endpoint.ts';
import type { ProblemAnswer } from './problems.ts';

/** The longest request that phones are told they may send, in bytes. */
export const acceptContentLength = 4_000_000;

/** True for what OpenRosa clients ask for: they get their own kind of message, in XML. */
export function isOpenRosaPath(path: string): boolean {
  return path.startsWith('/v1/key/');
}

/** What every answer to an OpenRosa client carries; the platform adds `Date`. */
export const openRosaHeaders = {
  'x-openrosa-version': '1.0',
  'x-openrosa-accept-content-length': String(acceptContentLength),
} as const;

/** The message that a phone shows to whoever sends. */
export function openRosaMessage(
  status: number,
  nature: 'submit_success' | 'submit_error' | 'error',
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { ...headers, ...openRosaHeaders, 'content-type': 'text/xml; charset=utf-8' },
    text:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<OpenRosaResponse xmlns="http://openrosa.org/http/response">' +
      `<message nature="${nature}">${xmlText(message)}</message></OpenRosaResponse>`,
  };
}

/** A refusal as an OpenRosa client understands it. The code goes along as a header, for logs. */
export function openRosaRefusal({ status, headers, body }: ProblemAnswer): Answer {
  const said = [body.detail, ...body.errors.map(({ message }) => message)];
  return openRosaMessage(status, 'submit_error', [...new Set(said)].join(' '), {
    ...headers,
    'x-problem-code': body.code,
  });
}

import type { Language } from '../text.ts';
import { xmlText } from '../xml-text.ts';
import type { Answer } from './endpoint.ts';
import type { ProblemAnswer } from './problems.ts';

/** The longest request that phones learn they may send, in bytes. */
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

/** What a phone shows to whoever sent a form that has arrived. `missing`: how many files are yet to come. */
export function receivedMessage(
  { created, missing }: { readonly created: boolean; readonly missing: number },
  language: Language,
): string {
  if (language === 'en') {
    if (missing === 1) return 'Form received. One file is still to come.';
    if (missing > 1) return `Form received. ${missing} files are still to come.`;
    return created
      ? 'Form received. Thank you.'
      : 'This form had already been received. Thank you.';
  }
  if (missing === 1) return 'Fiche reçue. Il manque encore un fichier.';
  if (missing > 1) return `Fiche reçue. Il manque encore ${missing} fichiers.`;
  return created ? 'Fiche reçue. Merci.' : 'Cette fiche était déjà arrivée. Merci.';
}

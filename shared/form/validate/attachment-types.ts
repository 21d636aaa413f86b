import type { AttachmentLimits, Question } from '../model.ts';
import { typeRow } from '../types/question-types.ts';

const recordings = ['audio/*', 'video/*', 'application/ogg', 'application/vnd.ms-asf'];

/** What people attach as a document where a form does not say which types it takes. */
const documents = [
  'image/*',
  ...recordings,
  'application/octet-stream',
  'application/pdf',
  'application/rtf',
  'text/rtf',
  'text/plain',
  'text/markdown',
  'text/csv',
  'text/tab-separated-values',
  'text/calendar',
  'text/vcard',
  'application/json',
  'application/geo+json',
  'application/xml',
  'text/xml',
  'application/gpx+xml',
  'application/vnd.google-earth.kml+xml',
  'application/vnd.google-earth.kmz',
  'application/geopackage+sqlite3',
  'application/zip',
  'application/x-zip-compressed',
  'application/gzip',
  'application/epub+zip',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/x-cfb',
  ...['wordprocessingml.document', 'spreadsheetml.sheet', 'presentationml.presentation'].map(
    (kind) => `application/vnd.openxmlformats-officedocument.${kind}`,
  ),
  ...['text', 'spreadsheet', 'presentation', 'graphics'].map(
    (kind) => `application/vnd.oasis.opendocument.${kind}`,
  ),
];

/** What a browser or a machine may run: taken only where a form names the very type. */
const active: ReadonlySet<string> = new Set([
  'text/html',
  'application/xhtml+xml',
  'image/svg+xml',
  'text/javascript',
  'application/javascript',
  'text/x-shellscript',
]);

/** Types that bytes alone do not tell apart: what is sniffed as the one may be any of the others. */
const families: readonly { readonly sniffed: ReadonlySet<string>; readonly may: RegExp }[] = [
  {
    sniffed: new Set(['application/zip']),
    may: /zip|openxmlformats|opendocument|kmz/,
  },
  { sniffed: new Set(['application/x-cfb']), may: /msword|vnd\.ms-/ },
  {
    sniffed: new Set(['text/plain', 'text/csv', 'application/json', 'application/xml']),
    may: /^text\/(?!html)|csv|json|xml$/,
  },
  { sniffed: new Set(['application/x-sqlite3']), may: /sqlite/ },
];

function typesFor({ type }: Pick<Question, 'type'>, limits: AttachmentLimits): readonly string[] {
  const { mediaTypes } = typeRow(type);
  return mediaTypes === 'as the form says' ? (limits.types ?? documents) : mediaTypes;
}

function matches(pattern: string, type: string): boolean {
  if (pattern === type) return true;
  return pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)) && !active.has(type);
}

/** True if a question of the form may hold a file that is said to be of that media type. */
export function takesType(
  question: Pick<Question, 'type'>,
  limits: AttachmentLimits,
  type: string,
): boolean {
  return typesFor(question, limits).some((pattern) => matches(pattern, type));
}

/**
 * True if bytes that were recognised as `sniffed` cannot be what the question asks for: a page or a
 * program in the place of a photo. What could not be recognised contradicts nothing.
 */
export function contradicts(
  question: Pick<Question, 'type'>,
  limits: AttachmentLimits,
  sniffed: string | undefined,
): boolean {
  if (sniffed === undefined || takesType(question, limits, sniffed)) return false;
  const family = families.find((candidate) => candidate.sniffed.has(sniffed));
  return (
    family === undefined ||
    !typesFor(question, limits).some((type) => !active.has(type) && family.may.test(type))
  );
}

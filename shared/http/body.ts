import { isUtf8 } from 'node:buffer';
import { Fault, type FaultDetail } from '../fault.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { Bilingual } from '../text.ts';
import { jsonPointer } from './json-pointer.ts';

/** The longest body of JSON or YAML, and of any route that says nothing else, in bytes. */
export const maxBodyBytes = 1_048_576;

/** How deep objects and arrays may nest in a body. */
export const maxNesting = 32;

/** A body as API Gateway hands it over. */
export interface RawBody {
  readonly text: string | undefined;
  readonly isBase64: boolean;
  readonly contentType: string | undefined;
  readonly contentEncoding?: string | undefined;
}

/** A body that was read: JSON, the text of YAML, or the bytes of any other media type. */
export type Body =
  | { readonly mediaType: 'application/json'; readonly value: JsonValue }
  | { readonly mediaType: string; readonly text: string }
  | { readonly mediaType: string; readonly bytes: Buffer };

const textTypes: ReadonlySet<string> = new Set(['application/json', 'application/yaml']);

const contentType =
  /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*((?:;[^;]*)*)$/;
const charset = /;\s*charset\s*=\s*"?([^\s;"]+)"?/i;

/** The media type of a Content-Type, lower case, if it is one of `accepted` and in UTF-8. */
function mediaTypeOf(header: string | undefined, accepted: readonly string[]): string {
  const match = contentType.exec(header ?? '');
  const mediaType = (match?.[1] ?? '').toLowerCase();
  if (match !== null && accepted.includes('*/*')) return mediaType;
  const encoding = (charset.exec(match?.[2] ?? '')?.[1] ?? 'utf-8').toLowerCase();
  const isUnicode = encoding === 'utf-8' || encoding === 'utf8' || encoding === 'us-ascii';
  if (!isUnicode || !accepted.includes(mediaType)) {
    throw new Fault('unsupported-media-type', { extra: { mediaTypes: accepted } });
  }
  return mediaType;
}

const compressed: FaultDetail = {
  pointer: '',
  code: 'unsupported-encoding',
  message: {
    fr: 'Le corps de la requête s’envoie sans compression, sans Content-Encoding.',
    en: 'The body of the request is sent without compression, without Content-Encoding.',
  },
};

/** API Gateway passes bytes on as they came, and no route unpacks them. */
function refuseEncoding(header: string | undefined): void {
  const encoding = (header ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return;
  throw new Fault('unsupported-media-type', { errors: [compressed] });
}

function malformed(mediaType: string, error: FaultDetail): Fault {
  const code = mediaType === 'application/json' ? 'malformed-json' : 'malformed-request';
  return new Fault(code, { errors: [error] });
}

const notUtf8: FaultDetail = {
  pointer: '',
  code: 'not-utf-8',
  message: { fr: 'Le corps n’est pas en UTF-8.', en: 'The body is not in UTF-8.' },
};
const empty: FaultDetail = {
  pointer: '',
  code: 'empty-body',
  message: { fr: 'Le corps de la requête est vide.', en: 'The body of the request is empty.' },
};
const notJson: FaultDetail = {
  pointer: '',
  code: 'not-json',
  message: { fr: 'Le corps n’est pas du JSON.', en: 'The body is not JSON.' },
};
const notBase64: FaultDetail = {
  pointer: '',
  code: 'not-base64',
  message: { fr: 'Le corps n’est pas en base64.', en: 'The body is not in base64.' },
};

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function tooLarge(most: number): Fault {
  return new Fault('body-too-large', { extra: { most } });
}

function bytesOf(raw: RawBody, mediaType: string, most: number): Buffer {
  if (raw.text === undefined || raw.text === '') throw malformed(mediaType, empty);
  if (raw.isBase64) {
    if (raw.text.length > Math.ceil(most / 3) * 4) throw tooLarge(most);
    if (raw.text.length % 4 !== 0 || !base64.test(raw.text)) throw malformed(mediaType, notBase64);
  }
  const bytes = Buffer.from(raw.text, raw.isBase64 ? 'base64' : 'utf8');
  if (bytes.length > most) throw tooLarge(most);
  return bytes;
}

function textOf(raw: RawBody, mediaType: string): string {
  if (raw.text === undefined || raw.text === '') throw malformed(mediaType, empty);
  if (!raw.isBase64) {
    if (Buffer.byteLength(raw.text) > maxBodyBytes) throw tooLarge(maxBodyBytes);
    if (!raw.text.isWellFormed()) throw malformed(mediaType, notUtf8);
    return raw.text;
  }
  const bytes = bytesOf(raw, mediaType, maxBodyBytes);
  if (!isUtf8(bytes)) throw malformed(mediaType, notUtf8);
  return bytes.toString('utf8');
}

/** The end of the string literal that begins at `quote`: the index of its closing quote. */
function endOfString(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/**
 * Throws Fault `nesting-too-deep` for JSON text that nests deeper than `most`, in one pass over the
 * text: what parses without a limit overflows the stack of whatever walks it next.
 */
export function refuseDeepNesting(text: string, most: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > most) throw new Fault('nesting-too-deep', { extra: { most } });
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
}

/** JSON.parse behind the limits of a body. Throws Faults 400, 413 and 422. */
export function parseJson(text: string): JsonValue {
  refuseDeepNesting(text, maxNesting);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's own message quotes the body, which may hold answers.
    throw new Fault('malformed-json', { errors: [notJson] });
  }
  refuseUnsafeValues(value);
  return value;
}

/**
 * Reads a body of one of the accepted media types. Throws Faults: 415 for another type, charset or
 * content encoding,
 * 413 when it is too long or too deep, 400 when it cannot be read, 422 for reserved keys and
 * numbers that JavaScript cannot hold. `most`: the longest body, in bytes, of a type that is no text.
 */
export function readBody(
  raw: RawBody,
  accepted: readonly string[],
  most: number = maxBodyBytes,
): Body {
  const mediaType = mediaTypeOf(raw.contentType, accepted);
  refuseEncoding(raw.contentEncoding);
  if (!textTypes.has(mediaType) || accepted.includes('*/*')) {
    return { mediaType, bytes: bytesOf(raw, mediaType, most) };
  }
  const text = textOf(raw, mediaType).replace(/^\ufeff/, '');
  if (mediaType === 'application/json') return { mediaType, value: parseJson(text) };
  return { mediaType, text };
}

const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const messages = {
  'reserved-key': {
    fr: 'Ce nom est réservé et ne peut pas servir de clé.',
    en: 'This name is reserved and cannot be a key.',
  },
  'unsafe-number': {
    fr: 'Ce nombre est trop grand pour être conservé exactement.',
    en: 'This number is too large to be kept exactly.',
  },
  'unsafe-text': {
    fr: 'Ce texte contient un demi-caractère (surrogate isolé).',
    en: 'This text has half a character in it (a lone surrogate).',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** As many faults as are worth telling; a body of nothing else has tens of thousands. */
const mostFaults = 100;

/** The same question without where: asked of every body, so it keeps no path and makes no garbage. */
function isSafe(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return (value as readonly JsonValue[]).every(isSafe);
  if (!isJsonObject(value)) return true;
  for (const key of Object.keys(value)) {
    if (reserved.has(key) || !key.isWellFormed() || !isSafe(value[key] ?? null)) return false;
  }
  return true;
}

type Path = (string | number)[];

function visit(value: JsonValue, path: Path, found: FaultDetail[]): void {
  const refuse = (code: keyof typeof messages) => {
    if (found.length < mostFaults) {
      found.push({ pointer: jsonPointer(path), code, message: messages[code] });
    }
  };
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) refuse('unsafe-number');
  } else if (typeof value === 'string') {
    if (!value.isWellFormed()) refuse('unsafe-text');
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly JsonValue[]).entries()) {
      path.push(index);
      visit(item, path, found);
      path.pop();
    }
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      path.push(key);
      if (reserved.has(key)) refuse('reserved-key');
      else if (!key.isWellFormed()) refuse('unsafe-text');
      else visit(member, path, found);
      path.pop();
    }
  }
}

/**
 * Throws 422 for keys that stand for parts of JavaScript's objects, numbers that a double cannot
 * hold exactly, and text that has no UTF-8: `invalid-answers` if all of them stand in `/answers`,
 * else `invalid-body`. The value must not nest deeply: this recurses.
 */
function refuseUnsafeValues(value: JsonValue): void {
  if (isSafe(value)) return;
  const found: FaultDetail[] = [];
  visit(value, [], found);
  const inAnswers = found.every(({ pointer }) => pointer.startsWith('/answers/'));
  throw new Fault(inAnswers ? 'invalid-answers' : 'invalid-body', { errors: found });
}

import type { JsonObject, JsonValue } from '../../json.ts';
import { attachment } from './attachment-shape.ts';
import { geopoint, geoshape, geotrace } from './geo-shapes.ts';
import { isDate, isDateTime, isTime, timeSource, zoneSource } from './iso-dates.ts';
import { parseNumber, numberToText } from './number-text.ts';
import type { Shape } from './shape.ts';

/** What an answer looks like in JSON. Several question types share a shape. */
export type AnswerShape =
  | 'none'
  | 'text'
  | 'scalar'
  | 'integer'
  | 'number'
  | 'date'
  | 'time'
  | 'dateTime'
  | 'code'
  | 'codes'
  | 'geopoint'
  | 'geotrace'
  | 'geoshape'
  | 'acknowledge'
  | 'attachment';

/** Longest text of one answer, in UTF-16 code units. */
export const maxTextLength = 65_536;

function textual(accepts: (text: string) => boolean, schema: JsonObject): Shape {
  return {
    read: (value) => (typeof value === 'string' && accepts(value) ? value : undefined),
    text: (value) => (typeof value === 'string' ? value : ''),
    parse: (text) => (accepts(text) ? text : undefined),
    schema: { type: 'string', ...schema },
  };
}

function numeric(accepts: (value: number) => boolean, schema: JsonObject): Shape {
  const read = (value: JsonValue | undefined): JsonValue | undefined =>
    typeof value === 'number' && accepts(value) ? value + 0 : undefined;
  return {
    read,
    text: (value) => (typeof value === 'number' ? numberToText(value) : ''),
    parse: (text) => read(parseNumber(text)),
    schema,
  };
}

const isCode = (value: JsonValue): value is string => typeof value === 'string' && value !== '';

const codes: Shape = {
  read: (value) => (Array.isArray(value) && value.every(isCode) ? value : undefined),
  text: (value) => (Array.isArray(value) ? value.join(' ') : ''),
  parse: (text) => text.split(/\s+/).filter((code) => code !== ''),
  schema: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
};

const isSafeNumber = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER;
const bounds = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
const anyText = textual(() => true, { maxLength: maxTextLength });

/** One row per shape; question-types.ts says which type has which. */
export const answerShapes: Readonly<Record<AnswerShape, Shape>> = {
  none: { read: () => undefined, text: () => '', parse: () => undefined, schema: { not: {} } },
  text: anyText,
  scalar: {
    read: (value) =>
      typeof value === 'string' ? value : typeof value === 'number' ? value + 0 : undefined,
    text: (value) => (typeof value === 'number' ? numberToText(value) : anyText.text(value)),
    parse: (text) => text,
    schema: { type: ['string', 'number'] },
  },
  integer: numeric(Number.isSafeInteger, { type: 'integer', ...bounds }),
  number: numeric(isSafeNumber, { type: 'number', ...bounds }),
  date: textual(isDate, { format: 'date' }),
  time: textual(isTime, { pattern: `^${timeSource}${zoneSource}$` }),
  dateTime: textual(isDateTime, {
    pattern: String.raw`^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T${timeSource}${zoneSource}$`,
  }),
  code: textual((text) => text !== '', {}),
  codes,
  geopoint,
  geotrace,
  geoshape,
  acknowledge: textual((text) => text === 'OK', { const: 'OK' }),
  attachment,
};

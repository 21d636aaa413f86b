import { type JsonObject, type JsonValue, isJsonObject, own } from '../../json.ts';
import { parseNumber, numberToText } from './number-text.ts';
import { isDate, isDateTime, isTime, timeSource, zoneSource } from './iso-dates.ts';

/** How one kind of answer is read from JSON, shown to expressions and described. */
export interface Shape {
  /** The answer as it is kept (members in a fixed order), or undefined if it has not this shape. */
  read(value: JsonValue): JsonValue | undefined;
  /** XPath's string-value of an answer that `read` returned. */
  text(value: JsonValue): string;
  /** The answer that this text means, as in a calculation, a CSV cell or an XForm; undefined: none. */
  parse(text: string): JsonValue | undefined;
  /** JSON Schema of the answer, without its choices. */
  readonly schema: JsonObject;
}

const isCoordinate = (value: JsonValue | undefined, limit: number): value is number =>
  typeof value === 'number' && value >= -limit && value <= limit;
/** Beyond any height or depth that a phone can report, in metres. */
const maxMetres = 1_000_000;
const pointMembers: ReadonlySet<string> = new Set(['lat', 'lon', 'altitude', 'accuracy']);

function readPoint(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const [lat, lon] = [own(value, 'lat'), own(value, 'lon')];
  if (!isCoordinate(lat, 90) || !isCoordinate(lon, 180)) return undefined;
  if (Object.keys(value).some((key) => !pointMembers.has(key))) return undefined;
  const altitude = own(value, 'altitude') ?? undefined;
  const accuracy = own(value, 'accuracy') ?? undefined;
  if (altitude !== undefined && !isCoordinate(altitude, maxMetres)) return undefined;
  if (accuracy !== undefined && !(isCoordinate(accuracy, maxMetres) && accuracy >= 0)) {
    return undefined;
  }
  return {
    lat: lat + 0,
    lon: lon + 0,
    ...(altitude === undefined ? {} : { altitude: altitude + 0 }),
    ...(accuracy === undefined ? {} : { accuracy: accuracy + 0 }),
  };
}

/**
 * The way in which XForms write a point: latitude, longitude, altitude, accuracy, a whole number with
 * `.0` as every client has it, so that an expression makes the same text of a place here and there.
 */
function pointText(value: JsonValue): string {
  if (!isJsonObject(value)) return '';
  return [value['lat'], value['lon'], value['altitude'] ?? 0, value['accuracy'] ?? 0]
    .map((part) => (typeof part === 'number' ? decimalText(part) : '0.0'))
    .join(' ');
}

function decimalText(value: number): string {
  const text = numberToText(value);
  return text.includes('.') ? text : `${text}.0`;
}

function parsePoint(text: string): JsonObject | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length < 2 || parts.length > 4) return undefined;
  const [lat, lon, altitude, accuracy] = parts.map(parseNumber);
  if (lat === undefined || lon === undefined) return undefined;
  return readPoint({
    lat,
    lon,
    ...(altitude === undefined ? {} : { altitude }),
    ...(accuracy === undefined ? {} : { accuracy }),
  });
}

const pointSchema: JsonObject = {
  type: 'object',
  properties: {
    lat: { type: 'number', minimum: -90, maximum: 90 },
    lon: { type: 'number', minimum: -180, maximum: 180 },
    altitude: { type: 'number', minimum: -maxMetres, maximum: maxMetres },
    accuracy: { type: 'number', minimum: 0, maximum: maxMetres },
  },
  required: ['lat', 'lon'],
  additionalProperties: false,
};

function points(fewest: number, closed: boolean): Shape {
  const read = (value: JsonValue): JsonValue | undefined => {
    if (!Array.isArray(value) || value.length < fewest) return undefined;
    const list: JsonObject[] = [];
    for (const item of value as JsonValue[]) {
      const point = readPoint(item);
      if (point === undefined) return undefined;
      list.push(point);
    }
    const [first, last] = [list.at(0), list.at(-1)];
    const meets = first?.['lat'] === last?.['lat'] && first?.['lon'] === last?.['lon'];
    return closed && !meets ? undefined : list;
  };
  return {
    read,
    text: (value) => (Array.isArray(value) ? value.map(pointText).join(';') : ''),
    parse: (text) => {
      const parsed = text.split(';').filter((part) => part.trim() !== '');
      const list = parsed.map(parsePoint).filter((point) => point !== undefined);
      return list.length === parsed.length ? read(list) : undefined;
    },
    schema: { type: 'array', items: pointSchema, minItems: fewest },
  };
}

/** A point: degrees WGS84, metres. */
const geopoint: Shape = {
  read: readPoint,
  text: pointText,
  parse: parsePoint,
  schema: pointSchema,
};
const geotrace = points(2, false);
const geoshape = points(4, true);

const fileName = String.raw`^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]{1,255}$`;
const fileNamePattern = new RegExp(fileName, 'u');
const sha256 = '^[0-9a-f]{64}$';
const sha256Pattern = new RegExp(sha256);
const mediaType = String.raw`^[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}$`;
const mediaTypePattern = new RegExp(mediaType);

/** What is known of a file's bytes: their SHA-256 in hex, how many there are, and their media type. */
export interface FileFacts {
  readonly sha256: string;
  readonly bytes: number;
  readonly type: string;
}

/** The facts in an answer that has the shape of an attachment; undefined: it only names the file. */
export function factsOf(value: JsonObject): FileFacts | undefined {
  const [sha256, bytes, type] = [own(value, 'sha256'), own(value, 'bytes'), own(value, 'type')];
  const fits =
    typeof sha256 === 'string' &&
    sha256Pattern.test(sha256) &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    typeof type === 'string' &&
    mediaTypePattern.test(type);
  return fits ? { sha256, bytes: bytes + 0, type } : undefined;
}

/** True for what a file can be called: one step of a path, as people name files. */
export function isFileName(name: string): boolean {
  return fileNamePattern.test(name) && name.isWellFormed();
}

/** What an answer says of a file, whose bytes come apart: its name, or its name and all facts. */
const attachment: Shape = {
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const file = own(value, 'file');
    if (typeof file !== 'string' || !isFileName(file)) return undefined;
    const members = Object.keys(value).length;
    if (members === 1) return { file };
    const facts = members === 4 ? factsOf(value) : undefined;
    return facts === undefined ? undefined : { file, ...facts };
  },
  text: (value) => {
    const file = isJsonObject(value) ? value['file'] : undefined;
    return typeof file === 'string' ? file : '';
  },
  parse: () => undefined,
  schema: {
    type: 'object',
    properties: {
      file: { type: 'string', pattern: fileName },
      sha256: { type: 'string', pattern: sha256 },
      bytes: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      type: { type: 'string', pattern: mediaType },
    },
    required: ['file'],
    dependentRequired: {
      sha256: ['bytes', 'type'],
      bytes: ['sha256', 'type'],
      type: ['sha256', 'bytes'],
    },
    additionalProperties: false,
  },
};

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

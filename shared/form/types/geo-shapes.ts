import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { parseNumber, numberToText } from './number-text.ts';
import type { Shape } from './shape.ts';

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
export const geopoint: Shape = {
  read: readPoint,
  text: pointText,
  parse: parsePoint,
  schema: pointSchema,
};
export const geotrace = points(2, false);
export const geoshape = points(4, true);

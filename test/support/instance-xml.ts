import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
};

/** Text as it stands between tags. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => escapes[character] ?? '');
}

interface Instance {
  readonly formId: string;
  readonly instanceId: string;
  readonly version?: string;
  readonly deprecatedId?: string;
  readonly answers: JsonObject;
  /** Further elements of meta, as XML. */
  readonly meta?: string;
}

/** A filled form as JavaRosa writes it. */
export function instanceXml(instance: Instance): string {
  const { formId, version, instanceId, deprecatedId, answers, meta = '' } = instance;
  const deprecated =
    deprecatedId === undefined ? '' : `<orx:deprecatedID>${deprecatedId}</orx:deprecatedID>`;
  return (
    `<?xml version='1.0' ?><data id="${formId}"${version === undefined ? '' : ` version="${version}"`}` +
    ' xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa"' +
    ' xmlns:h="http://www.w3.org/1999/xhtml" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    elementsOf(answers) +
    `<orx:meta><orx:instanceID>${instanceId}</orx:instanceID>${deprecated}${meta}</orx:meta></data>`
  );
}

/** The elements of an object's members; each object of an array is an element of its own. */
export function elementsOf(answers: JsonObject): string {
  return Object.entries(answers)
    .map(([name, value]) => {
      const items = listOf(value);
      const rows = items?.every(isRow) === true ? items : [value];
      return rows.map((row) => `<${name}>${contentOf(row)}</${name}>`).join('');
    })
    .join('');
}

function listOf(value: JsonValue): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
}

function isRow(value: JsonValue): boolean {
  return isJsonObject(value) && !Object.hasOwn(value, 'lat');
}

function contentOf(value: JsonValue): string {
  const items = listOf(value);
  if (items !== undefined) return items.map(contentOf).join(items.some(isJsonObject) ? '; ' : ' ');
  if (isJsonObject(value)) return contentOfObject(value);
  return typeof value === 'string' ? escapeXml(value) : JSON.stringify(value);
}

function contentOfObject(value: JsonObject): string {
  const { file, lat, lon, altitude = 0, accuracy = 0 } = value;
  if (typeof file === 'string') return escapeXml(file);
  if (lat === undefined) return elementsOf(value);
  return [lat, lon, altitude, accuracy].map((part) => JSON.stringify(part)).join(' ');
}

import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.ts';

const needsQuotes = /[",\r\n]/;
const startsFormula = /^[=+\-@\t\r]/;
/** A quote, a backslash, or a control character: one before the space. */
const needsEscape = /["\\]|[^ -\uffff]/;
const needsCare = /^[=+\-@\t\r]|[",\r\n]/;

/** A field of a CSV file (RFC 4180): quoted only where it must be. */
function csvField(text: string): string {
  if (!needsQuotes.test(text)) return text;
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}

/**
 * The same for text that people wrote: a spreadsheet would run one that begins like a formula, so it
 * is prefixed with `'`.
 */
export function csvText(text: string): string {
  if (!needsCare.test(text)) return text;
  return csvField(harmless(text));
}

/** Text that no spreadsheet runs. */
export function harmless(text: string): string {
  return startsFormula.test(text) ? `'${text}` : text;
}

/** A JSON string. */
export function jsonText(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * What stands in the cell of a table for an answer that is no number, boolean or plain string:
 * codes parted by spaces, a file's name, or JSON.
 */
export function flatText(value: readonly JsonValue[] | JsonObject): string {
  if (isJsonObject(value)) {
    const file = own(value, 'file');
    return typeof file === 'string' ? file : JSON.stringify(value);
  }
  return value.some((item) => typeof item === 'object')
    ? JSON.stringify(value)
    : value.map(String).join(' ');
}

/** The cell of an answer, ready for CSV. */
export function csvCell(value: JsonValue): string {
  if (typeof value === 'string') return csvText(value);
  if (typeof value === 'object' && value !== null) return csvText(flatText(value));
  return String(value);
}

/** The same as a JSON value. */
export function jsonCell(value: JsonValue): string {
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'object' && value !== null) return jsonText(flatText(value));
  return String(value);
}

/** True if a line of JSON may hold what `cleaned` changes: all such characters are escaped in it. */
export function mayNeedCleaning(line: string): boolean {
  return line.includes('\\u');
}

/**
 * A value whose strings every reader can take: a lone surrogate, which UTF-8 cannot carry, and NUL,
 * which databases and spreadsheets choke on, become U+FFFD.
 */
export function cleaned(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(cleaned);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleaned(item)]));
}

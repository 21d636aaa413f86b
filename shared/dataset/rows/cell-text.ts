import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';

const needsQuotes = /[",;\t\r\n]/;
/** What a spreadsheet may take for the beginning of a formula; some take the wide forms for the same. */
const sign = '[=+\\-@\uff1d\uff0b\uff0d\uff20]';
/** Where a reader may see a cell begin: it may part cells at any of these, and know of no quotes. */
const cellStart = '(?:^|[,;\\t\\r\\n])[\\s"]*';
/** A number after a comma is no formula, and readers that part cells at other signs see no cell begin there. */
const numberAfterComma = '(?<=, *[+-])\\d+(?:\\.\\d+)?[\\s)\\]}]*(?:$|[,;\\t\\r\\n])';
// What is looked for comes first: looking back from every character would take the square of the length.
const formulas = new RegExp(`${sign}(?<=${cellStart}.)(?!${numberAfterComma})`, 'g');
const guards = new RegExp(`'(?=${sign})(?<=${cellStart}.)|^'(?=[\\t\\r\\n])`, 'g');
const negativeNumber = /^-\d+(?:\.\d+)?$/;
/** Numbers, of phones too: nothing but digits and what parts them, so no formula that does anything. */
const numberLike = /^[+-](?=.*\d)[\d .()/\u00a0\u202f-]+(?:e[+-]?\d+)?$/i;
/** A quote, a backslash, or a control character: one before the space. */
const needsEscape = /["\\]|[^ -\uffff]/;
const needsCare = new RegExp(`^\\s*${sign}|${needsQuotes.source}`);

/** A field of a CSV file (RFC 4180): quoted only where it must be. */
function csvField(text: string): string {
  if (!needsQuotes.test(text)) return text;
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}

/** The same for text that people wrote, harmless to a spreadsheet. */
export function csvText(text: string): string {
  if (!needsCare.test(text)) return text;
  return csvField(harmless(text));
}

/**
 * Text that no spreadsheet runs: a `'` stands before what begins like a formula, at its start and
 * after each separator in it, for a spreadsheet in French parts cells at `;` and then sees no quotes.
 * Source: OWASP, CSV Injection (owasp.org/www-community/attacks/CSV_Injection).
 */
export function harmless(text: string): string {
  const guarded = text.replaceAll(formulas, "'$&");
  return /^[\t\r\n]/.test(guarded) ? `'${guarded}` : guarded;
}

/** The text that `harmless` was given; of one that had such a `'` already, without it. */
export function unguarded(text: string): string {
  return text.replaceAll(guards, '');
}

/** The CSV cell of an answer in a file for people, whose numbers of phones would lose their `+`. */
export function csvCellForPeople(value: JsonValue | undefined, cell: string): string {
  const first = cell.charCodeAt(0);
  if ((first !== plus && first !== minus) || typeof value !== 'string') return cell;
  return negativeNumber.test(value) ? cell : csvText(value);
}

const plus = 43;
const minus = 45;

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

/** The cell of an answer, ready for CSV. Numbers stay as they are, though they were sent as text. */
export function csvCell(value: JsonValue): string {
  if (typeof value === 'string') return numberLike.test(value) ? value : csvText(value);
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

import { isDate, isDateTime, isTime } from '../../../form/types/iso-dates.ts';
import type { JsonValue } from '../../../json.ts';
import {
  booleanCell,
  numberCell,
  styledCell,
  styles,
  type CellTexts,
} from '../../../workbook/cell-xml.ts';
import { flatText } from '../../rows/cell-text.ts';
import type { ColumnKind } from '../../../form/types/question-types.ts';

/** What follows `<c r="A1` for a value; '' for no cell. */
export type WriteCell = (value: JsonValue) => string;

/** What stands between the labels of several choices. */
const separator = '; ';

/**
 * How a column's values become cells. Numbers and booleans are what they are whatever the column
 * holds; a text is what the column's kind makes of it or, where it does not fit, text.
 */
export function cellWriter(
  kind: ColumnKind,
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): WriteCell {
  const writeText = textWriter(kind, labels, texts);
  return (value) => {
    if (typeof value === 'string') return value === '' ? '' : writeText(value);
    if (typeof value === 'number') return numberCell(value, texts);
    if (typeof value === 'boolean') return booleanCell(value);
    if (value === null) return '';
    const text =
      (kind === 'code' || kind === 'codes') && Array.isArray(value)
        ? labelled(value as readonly JsonValue[], labels)
        : flatText(value);
    return text === '' ? '' : texts.text(text);
  };
}

function textWriter(
  kind: ColumnKind,
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): (text: string) => string {
  switch (kind) {
    case 'code':
      return codeWriter(labels, texts);
    case 'date':
      return serialWriter(serialDate, texts);
    case 'dateTime':
      return serialWriter(serialDateTime, texts);
    case 'time':
      return serialWriter(serialTime, texts);
    case 'text':
    case 'codes':
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'file':
    case 'json':
      return (text) => texts.text(text);
  }
}

/** As many cells are kept as there are choices: each is escaped once. */
function codeWriter(
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): (code: string) => string {
  const cells = new Map<string, string>();
  return (code) => {
    const known = cells.get(code);
    if (known !== undefined) return known;
    const label = labels.get(code);
    const cell = texts.text(label ?? code);
    if (label !== undefined) cells.set(code, cell);
    return cell;
  };
}

/** How many cells of days and hours are kept: the same ones come again and again. */
const mostKept = 4_096;

function serialWriter(
  read: (text: string) => Serial | undefined,
  texts: CellTexts,
): (text: string) => string {
  const cells = new Map<string, string>();
  return (text) => {
    const known = cells.get(text);
    if (known !== undefined) return known;
    const serial = read(text);
    if (serial === undefined) return texts.text(text);
    const cell = styledCell(serial.value, serial.style);
    if (cells.size < mostKept) cells.set(text, cell);
    return cell;
  };
}

function labelled(codes: readonly JsonValue[], labels: ReadonlyMap<string, string>): string {
  if (!codes.every((code) => typeof code === 'string')) return flatText(codes);
  return codes.map((code) => labels.get(code) ?? code).join(separator);
}

/** A moment as Excel has it: days since 30 December 1899. */
interface Serial {
  readonly value: number;
  readonly style: number;
}

const dayLength = 86_400_000;
/** The serial number of 1 January 1970. */
const epoch = 25_569;
/** 1 March 1900: Excel takes 1900 for a leap year, so that what is before would be a day off. */
const first = 61;

/** `YYYY-MM-DD`; undefined: no such day, or none that Excel has. */
function serialDate(text: string): Serial | undefined {
  if (!isDate(text)) return undefined;
  const value = Date.parse(text) / dayLength + epoch;
  return value < first ? undefined : { value, style: styles.date };
}

/**
 * A date and a time. Excel knows no zones: with one it becomes the same moment in UTC, and is shown
 * with a `Z`; without one it is what the clock on the wall said.
 */
function serialDateTime(text: string): Serial | undefined {
  if (!isDateTime(text)) return undefined;
  const zoned = hasZone(text.slice(11));
  const value = Date.parse(zoned ? text : `${text}Z`) / dayLength + epoch;
  if (!(value >= first)) return undefined;
  return { value, style: zoned ? styles.dateTimeUtc : styles.dateTime };
}

/**
 * A time of day. With a zone other than UTC it has no number: which moment it is depends on a day that
 * nobody has said.
 */
function serialTime(text: string): Serial | undefined {
  if (!isTime(text)) return undefined;
  const utc = /(?:Z|[+-]00:00)$/.exec(text);
  if (utc === null && hasZone(text)) return undefined;
  const value = Date.parse(`1970-01-01T${text.slice(0, utc?.index)}Z`) / dayLength;
  return Number.isNaN(value)
    ? undefined
    : { value, style: utc === null ? styles.time : styles.timeUtc };
}

function hasZone(time: string): boolean {
  return /[Z+-]/.test(time);
}

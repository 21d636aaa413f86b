import { isDate, isDateTime, isTime } from '../../../form/types/iso-dates.ts';
import { styles } from '../../../workbook/cell-xml.ts';

/** A moment as Excel has it: days since 30 December 1899. */
export interface Serial {
  readonly value: number;
  readonly style: number;
}

const dayLength = 86_400_000;
/** The serial number of 1 January 1970. */
const epoch = 25_569;
/** 1 March 1900: Excel takes 1900 for a leap year, so that what is before would be a day off. */
const first = 61;

/** `YYYY-MM-DD`; undefined: no such day, or none that Excel has. */
export function serialDate(text: string): Serial | undefined {
  if (!isDate(text)) return undefined;
  const value = Date.parse(text) / dayLength + epoch;
  return value < first ? undefined : { value, style: styles.date };
}

/**
 * A date and a time. Excel knows no zones: with one it becomes the same moment in UTC, and is shown
 * with a `Z`; without one it is what the clock on the wall said.
 */
export function serialDateTime(text: string): Serial | undefined {
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
export function serialTime(text: string): Serial | undefined {
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

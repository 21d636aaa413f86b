/** A moment as its author wrote it, on the scale that arithmetic uses. */
export interface LocalMoment {
  /** Days since 1970-01-01T00:00 of local time, with their fraction: whole for a date without time. */
  readonly days: number;
  readonly hasTime: boolean;
}

const millisecondsPerDay = 86_400_000;
const minutesPerDay = 1440;
const moment =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const timeOfDay = /^(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Reads an ISO 8601 date or dateTime; undefined if it is none (2023-02-30 is none). A dateTime with
 * an offset is turned to local time, one without is local already, so that a date and a dateTime
 * compare as a calendar on the wall does.
 */
export function parseMoment(text: string, utcOffsetMinutes: number): LocalMoment | undefined {
  const match = moment.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour, minute = '', second, fraction, zone] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // A day that its month does not have has run over into another month.
  if (date.getUTCMonth() !== Number(month) - 1) return undefined;
  const midnight = date.getTime() / millisecondsPerDay;
  if (hour === undefined) return { days: midnight, hasTime: false };
  const time = fractionOfDay(hour, minute, second, fraction);
  if (time === undefined) return undefined;
  const shift = zone === undefined ? 0 : (utcOffsetMinutes - zoneMinutes(zone)) / minutesPerDay;
  return { days: midnight + time + shift, hasTime: true };
}

/** A time of day as a fraction of the local day, 0 to 1; undefined if the text is none. */
export function parseTimeOfDay(text: string, utcOffsetMinutes: number): number | undefined {
  const match = timeOfDay.exec(text);
  if (!match) return undefined;
  const [, hour = '', minute = '', second, fraction, zone] = match;
  const time = fractionOfDay(hour, minute, second, fraction);
  if (time === undefined) return undefined;
  const shift = zone === undefined ? 0 : (utcOffsetMinutes - zoneMinutes(zone)) / minutesPerDay;
  return time + shift - Math.floor(time + shift);
}

function fractionOfDay(
  hour: string,
  minute: string,
  second = '0',
  fraction = '',
): number | undefined {
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(`${second}.${fraction}`);
  return seconds > 86_400 ? undefined : seconds / 86_400;
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Days of local time as a UTC Date whose fields read as local time; undefined outside years 0 to 9999. */
export function localFields(days: number): Date | undefined {
  const date = new Date(Math.round(days * millisecondsPerDay));
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date : undefined;
}

/** `2020-01-31`; '' if there is no such day. */
export function dateText(days: number): string {
  return localFields(days)?.toISOString().slice(0, 10) ?? '';
}

/** `2020-01-31T10:20:30.400+01:00`, the offset being `Z` at 0; '' if there is no such moment. */
export function dateTimeText(days: number, utcOffsetMinutes: number): string {
  const fields = localFields(days);
  if (fields === undefined) return '';
  if (utcOffsetMinutes === 0) return fields.toISOString();
  const minutes = Math.abs(utcOffsetMinutes);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = String(minutes % 60).padStart(2, '0');
  return `${fields.toISOString().slice(0, -1)}${utcOffsetMinutes < 0 ? '-' : '+'}${hours}:${rest}`;
}

/** The moment of a clock in days of local time. */
export function localDays(now: Date, utcOffsetMinutes: number): number {
  return now.getTime() / millisecondsPerDay + utcOffsetMinutes / minutesPerDay;
}

import { isDate } from '../../form/types/iso-dates.ts';
import type { JsonValue } from '../../json.ts';
import { flatText } from '../rows/cell-text.ts';

const dayMs = 86_400_000;

/** The text of a cell as in CSV, but never marked as no formula: any value has one. */
export function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? flatText(value) : String(value);
}

export function jsonOf(value: JsonValue): string {
  return JSON.stringify(value);
}

/** Days since 1970-01-01. Undefined: no date. */
export function dateOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !isDate(value)) return undefined;
  return Date.parse(value) / dayMs;
}

const clockPattern =
  /^T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;

/**
 * Milliseconds since 1970-01-01T00:00Z. Undefined: no date with a time, or one that milliseconds
 * cannot say. Without a zone nobody knows which moment it is, so that there is no such value either.
 * Not by Date.parse alone: it takes the 30th of February, and half as long again.
 */
export function momentOf(
  value: JsonValue,
  days: (date: string) => number | undefined = dateOf,
): number | undefined {
  if (typeof value !== 'string') return undefined;
  const clock = clockPattern.exec(value.slice(10));
  const day = clock === null ? undefined : days(value.slice(0, 10));
  if (clock === null || day === undefined) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '', sign, zoneHours, zoneMinutes] = clock;
  if (/[^0]/.test(fraction.slice(3))) return undefined;
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const zone = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return day * dayMs + (ofDay - (sign === '-' ? -zone : zone)) * 1000 + milliseconds;
}

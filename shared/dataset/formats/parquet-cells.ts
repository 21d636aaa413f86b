import { isDate, isDateTime } from '../../form/iso-dates.ts';
import type { JsonValue } from '../../json.ts';
import { flatText } from '../cell-text.ts';

const dayMs = 86_400_000;
const zoned = /(?:Z|[+-]\d\d:\d\d)$/;
/** Digits after the milliseconds that say something. */
const finer = /\.\d{3}0*[1-9]/;

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

/**
 * Milliseconds since 1970-01-01T00:00Z. Undefined: no date with a time, or one that milliseconds
 * cannot say. Without a zone nobody knows which moment it is, so that there is no such value either.
 */
export function momentOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !isDateTime(value)) return undefined;
  if (!zoned.test(value) || finer.test(value)) return undefined;
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? undefined : moment;
}

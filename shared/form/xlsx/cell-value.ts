import type { Cell } from '../definition.ts';

/** What the reader gives for a cell. */
export type Value = string | number | boolean | Date | null;

/**
 * A cell as a form has it: empty ones are null; dates and times ISO 8601 text (the date alone at
 * midnight, the time alone without a day, no time zone, for a workbook has none); numbers that a
 * double does not hold exactly or would write with an exponent are their digits as text. Undefined:
 * a date that is none.
 */
export function cellOf(value: Value, isFrom1904: boolean): Cell | undefined {
  if (value === null || value === '') return null;
  if (value instanceof Date) return moment(value, isFrom1904);
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return 0;
  const isPlain = Number.isFinite(value) && !String(value).includes('e');
  return isPlain && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : digits(value);
}

const day = 86_400_000;

function moment(date: Date, isFrom1904: boolean): string | undefined {
  const time = date.getTime();
  if (Number.isNaN(time) || date.getUTCFullYear() > 9_999) return undefined;
  const [iso = '', clock = ''] = date.toISOString().replace('Z', '').split('T');
  const hours = clock.replace(/\.000$/, '');
  // Times have no day: they stand in the one before the first.
  const firstDay = isFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 31);
  if (time < firstDay) return undefined;
  if (time < firstDay + day) return hours;
  return hours === '00:00:00' ? iso : `${iso}T${hours}`;
}

function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const sign = value < 0 ? '-' : '';
  return `${sign}0.${'0'.repeat(-Number(exponent) - whole.length)}${whole}${fraction}`;
}

import { isDate, isDateTime, isTime } from '../../form/types/iso-dates.ts';
import type { JsonValue } from '../../json.ts';
import { flatText } from '../rows/cell-text.ts';
import type { RowIndexColumn } from '../versions/row-index.ts';

/** The types of OData that a feed has. */
export type EdmType =
  | 'Edm.String'
  | 'Edm.Int64'
  | 'Edm.Double'
  | 'Edm.Boolean'
  | 'Edm.Date'
  | 'Edm.TimeOfDay'
  | 'Edm.DateTimeOffset'
  | 'Edm.GeographyPoint';

/** A value of such a type; dates, times and moments are text in ISO 8601, points are not among them. */
export type EdmValue = string | number | boolean | null;

const types: Readonly<Record<RowIndexColumn['kind'], EdmType>> = {
  text: 'Edm.String',
  code: 'Edm.String',
  codes: 'Edm.String',
  file: 'Edm.String',
  json: 'Edm.String',
  integer: 'Edm.Int64',
  decimal: 'Edm.Double',
  boolean: 'Edm.Boolean',
  date: 'Edm.Date',
  time: 'Edm.TimeOfDay',
  dateTime: 'Edm.DateTimeOffset',
};

export function edmTypeOf(kind: RowIndexColumn['kind']): EdmType {
  return types[kind];
}

/** A value in its column's type, and whether that says all that was answered. */
export interface Typed {
  readonly value: EdmValue;
  readonly fits: boolean;
}

const unfit: Typed = { value: null, fits: false };
const fitting = (value: EdmValue): Typed => ({ value, fits: true });

/** The value that a type can hold of an answer. Any answer can be told as text. */
export function typedValue(type: EdmType, answer: JsonValue): Typed {
  switch (type) {
    case 'Edm.String':
      return fitting(plainText(answer));
    case 'Edm.Int64':
      return Number.isSafeInteger(answer) && typeof answer === 'number' ? fitting(answer) : unfit;
    case 'Edm.Double':
      return typeof answer === 'number' ? fitting(answer) : unfit;
    case 'Edm.Boolean':
      return typeof answer === 'boolean' ? fitting(answer) : unfit;
    case 'Edm.Date':
      return typeof answer === 'string' && isDate(answer) ? fitting(answer) : unfit;
    case 'Edm.TimeOfDay':
      return typeof answer === 'string' && isTime(answer) ? timeOfDay(answer) : unfit;
    case 'Edm.DateTimeOffset':
      return typeof answer === 'string' && isDateTime(answer) ? moment(answer) : unfit;
    case 'Edm.GeographyPoint':
      return unfit;
  }
}

function plainText(answer: JsonValue): string | null {
  if (typeof answer === 'string' || answer === null) return answer;
  if (typeof answer === 'object') return flatText(answer);
  return String(answer);
}

/** Where a time's zone begins: at `Z`, or at the sign of an offset. */
function zoneAt(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === 'Z' || character === '+' || character === '-') return at;
  }
  return text.length;
}

/** OData's time of day has no zone: what a phone says of its own is kept beside it. */
function timeOfDay(text: string): Typed {
  const zone = zoneAt(text);
  return { value: clock(text.slice(0, zone)), fits: zone === text.length };
}

/** A moment without a zone is none: nobody can say when it was. */
function moment(text: string): Typed {
  const time = text.slice(11);
  const zone = zoneAt(time);
  if (zone === time.length) return unfit;
  return fitting(`${text.slice(0, 11)}${clock(time.slice(0, zone))}${time.slice(zone)}`);
}

/** OData wants seconds. */
function clock(time: string): string {
  return time.length === 5 ? `${time}:00` : time;
}

/** One text for one time of day: without what says nothing at the end of a fraction. */
export function clockOf(time: string): string {
  if (time.length <= 8) return time;
  let end = time.length;
  while (time[end - 1] === '0') end -= 1;
  return time.slice(0, time[end - 1] === '.' ? end - 1 : end);
}

/** Milliseconds since 1970, of a moment of the type Edm.DateTimeOffset; fractions to a microsecond. */
export function instantOf(moment: string): number {
  const zone = 19 + zoneAt(moment.slice(19));
  const whole = Date.parse(moment.slice(0, 19) + moment.slice(zone));
  return zone === 19 ? whole : whole + Number(`0${moment.slice(19, zone)}`) * 1000;
}

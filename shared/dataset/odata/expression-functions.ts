import type { EdmType, EdmValue } from './edm-value.ts';

/** One function that expressions may call. With null for an argument it gives null. */
export interface ExpressionFunction {
  /** The types that each argument may have; as many as have to be there, then those that may be. */
  readonly takes: readonly (readonly EdmType[])[];
  readonly optional?: number;
  readonly gives: EdmType;
  readonly apply: (...values: readonly Exclude<EdmValue, null>[]) => EdmValue;
}

const text: readonly EdmType[] = ['Edm.String'];
const number: readonly EdmType[] = ['Edm.Int64', 'Edm.Double'];
const day: readonly EdmType[] = ['Edm.Date', 'Edm.DateTimeOffset'];
const clock: readonly EdmType[] = ['Edm.TimeOfDay', 'Edm.DateTimeOffset'];
const moment: readonly EdmType[] = ['Edm.DateTimeOffset'];

const test = (apply: (one: string, other: string) => boolean): ExpressionFunction => ({
  takes: [text, text],
  gives: 'Edm.Boolean',
  apply: (one, other) => apply(String(one), String(other)),
});
const change = (apply: (one: string) => string): ExpressionFunction => ({
  takes: [text],
  gives: 'Edm.String',
  apply: (one) => apply(String(one)),
});
const rounded = (apply: (one: number) => number): ExpressionFunction => ({
  takes: [number],
  gives: 'Edm.Double',
  apply: (one) => apply(Number(one)),
});
/** A part of a date or time, as it is written: that of a moment is told in the moment's own zone. */
const part = (
  takes: readonly EdmType[],
  read: (date: string, time: string) => string,
): ExpressionFunction => ({
  takes: [takes],
  gives: 'Edm.Int64',
  apply: (value) => {
    const [date = '', time = date] = String(value).split('T');
    return Number(read(date, time));
  },
});

/** OData rounds halves away from zero. */
const round = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

/** Every function by name (OData 4.0 part 2, 5.1.1.5 and on): adding a row is enough. */
export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map([
  ['contains', test((one, other) => one.includes(other))],
  ['startswith', test((one, other) => one.startsWith(other))],
  ['endswith', test((one, other) => one.endsWith(other))],
  ['tolower', change((one) => one.toLowerCase())],
  ['toupper', change((one) => one.toUpperCase())],
  ['trim', change((one) => one.trim())],
  ['length', { takes: [text], gives: 'Edm.Int64', apply: (one) => String(one).length }],
  [
    'indexof',
    {
      takes: [text, text],
      gives: 'Edm.Int64',
      apply: (one, other) => String(one).indexOf(String(other)),
    },
  ],
  [
    'concat',
    {
      takes: [text, text],
      gives: 'Edm.String',
      apply: (one, other) => String(one) + String(other),
    },
  ],
  [
    'substring',
    {
      takes: [text, ['Edm.Int64'], ['Edm.Int64']],
      optional: 1,
      gives: 'Edm.String',
      apply: (...values) => {
        const [one = '', from = 0, length] = values;
        const begins = Math.max(0, Number(from));
        const most = length === undefined ? undefined : begins + Math.max(0, Number(length));
        return String(one).slice(begins, most);
      },
    },
  ],
  ['year', part(day, (date) => date.slice(0, 4))],
  ['month', part(day, (date) => date.slice(5, 7))],
  ['day', part(day, (date) => date.slice(8, 10))],
  ['hour', part(clock, (_, time) => time.slice(0, 2))],
  ['minute', part(clock, (_, time) => time.slice(3, 5))],
  ['second', part(clock, (_, time) => time.slice(6, 8))],
  ['date', { takes: [day], gives: 'Edm.Date', apply: (one) => String(one).slice(0, 10) }],
  [
    'time',
    {
      takes: [moment],
      gives: 'Edm.TimeOfDay',
      apply: (one) => String(one).slice(11).split(/[Z+-]/, 1)[0] ?? null,
    },
  ],
  ['round', rounded(round)],
  ['floor', rounded(Math.floor)],
  ['ceiling', rounded(Math.ceil)],
]);

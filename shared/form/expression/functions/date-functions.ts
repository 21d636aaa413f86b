import { numberCode, textCode, type Code, type Frame } from '../code.ts';
import { isNodes, toNumber, toText } from '../convert.ts';
import {
  dateText,
  dateTimeText,
  localDays,
  parseMoment,
  parseTimeOfDay,
  localFields,
} from '../moment.ts';
import { argument, type FunctionRow } from './function-row.ts';

const minutesPerDay = 1440;

/** A date, a dateTime or a number of days, in days of local time; NaN if it is none of them. */
function daysOf(code: Code, frame: Frame, numbersAreUtc: boolean): number {
  const offset = frame.context.utcOffsetMinutes;
  const value = code.value(frame);
  const text = typeof value === 'string' || isNodes(value) ? toText(value) : undefined;
  const moment = text === undefined ? undefined : parseMoment(text.trim(), offset);
  if (moment !== undefined) return moment.days;
  const days = toNumber(value, offset);
  return numbersAreUtc ? days + offset / minutesPerDay : days;
}

const formatted = (name: string): FunctionRow => ({
  name,
  least: 2,
  most: 2,
  compile: (args) =>
    textCode((frame) => {
      const days = daysOf(argument(args, 0), frame, false);
      const { language } = frame.context;
      return Number.isNaN(days) ? '' : formatMoment(days, argument(args, 1).text(frame), language);
    }),
});

/**
 * Numbers stand for days since 1970-01-01T00:00 of local time, as number() makes them of dates,
 * except in date-time() and decimal-date-time(), where ODK counts from 1970-01-01T00:00 UTC. At the
 * offset of Senegal and Mali, which is 0, it is all one.
 */
export const dateFunctions: readonly FunctionRow[] = [
  {
    name: 'today',
    least: 0,
    most: 0,
    compile: () =>
      textCode(({ context }) =>
        dateText(Math.floor(localDays(context.now, context.utcOffsetMinutes))),
      ),
  },
  {
    name: 'now',
    least: 0,
    most: 0,
    compile: () =>
      textCode(({ context }) =>
        dateTimeText(localDays(context.now, context.utcOffsetMinutes), context.utcOffsetMinutes),
      ),
  },
  {
    name: 'date',
    least: 1,
    most: 1,
    compile: (args) =>
      textCode((frame) => dateText(Math.floor(daysOf(argument(args, 0), frame, false)))),
  },
  {
    name: 'date-time',
    least: 1,
    most: 1,
    compile: (args) =>
      textCode((frame) =>
        dateTimeText(daysOf(argument(args, 0), frame, true), frame.context.utcOffsetMinutes),
      ),
  },
  {
    name: 'decimal-date-time',
    least: 1,
    most: 1,
    compile: (args) =>
      numberCode(
        (frame) =>
          daysOf(argument(args, 0), frame, true) - frame.context.utcOffsetMinutes / minutesPerDay,
      ),
  },
  {
    name: 'decimal-time',
    least: 1,
    most: 1,
    compile: (args) =>
      numberCode((frame) => {
        const text = argument(args, 0).text(frame).trim();
        const time = parseTimeOfDay(text, frame.context.utcOffsetMinutes);
        if (time !== undefined) return time;
        const days = daysOf(argument(args, 0), frame, false);
        return days - Math.floor(days);
      }),
  },
  formatted('format-date'),
  formatted('format-date-time'),
];

const names = {
  fr: {
    months: 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'.split(' '),
    days: 'dim. lun. mar. mer. jeu. ven. sam.'.split(' '),
  },
  en: {
    months: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
    days: 'Sun Mon Tue Wed Thu Fri Sat'.split(' '),
  },
};

/** The letters after `%` in format-date() and format-date-time(), as the ODK XForms specification lists them. */
const identifiers = new Map<string, (date: Date, words: typeof names.fr) => string | undefined>([
  ['Y', (date) => String(date.getUTCFullYear()).padStart(4, '0')],
  ['y', (date) => String(date.getUTCFullYear()).padStart(4, '0').slice(-2)],
  ['m', (date) => two(date.getUTCMonth() + 1)],
  ['n', (date) => String(date.getUTCMonth() + 1)],
  ['b', (date, words) => words.months[date.getUTCMonth()]],
  ['d', (date) => two(date.getUTCDate())],
  ['e', (date) => String(date.getUTCDate())],
  ['a', (date, words) => words.days[date.getUTCDay()]],
  ['H', (date) => two(date.getUTCHours())],
  ['h', (date) => String(date.getUTCHours())],
  ['M', (date) => two(date.getUTCMinutes())],
  ['S', (date) => two(date.getUTCSeconds())],
  ['3', (date) => String(date.getUTCMilliseconds()).padStart(3, '0')],
  ['%', () => '%'],
]);

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/**
 * A moment, in days of local time, in the pattern of format-date(). An identifier that ODK does not
 * have stays as it is. Names of months and days are French, English if `language` begins with `en`.
 */
function formatMoment(days: number, pattern: string, language: string | undefined): string {
  const date = localFields(days);
  if (date === undefined) return '';
  const words = language?.startsWith('en') === true ? names.en : names.fr;
  return pattern.replace(
    /%(.)/g,
    (whole, letter: string) => identifiers.get(letter)?.(date, words) ?? whole,
  );
}

import { numberCode, textCode, type Code, type Frame } from '../code.ts';
import { isNodes, toNumber, toText } from '../convert.ts';
import { formatMoment } from '../format-moment.ts';
import { dateText, dateTimeText, localDays, parseMoment, parseTimeOfDay } from '../iso-date.ts';
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

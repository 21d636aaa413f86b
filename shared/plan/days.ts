import type { Day } from './plan.ts';

const dayMs = 24 * 60 * 60 * 1000;

function numberOf(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`) / dayMs;
}

/** Days from one day to another; negative if the other is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return numberOf(to) - numberOf(from);
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date((numberOf(day) + days) * dayMs));
}

/** The day in Dakar (UTC). */
export function dayOf(moment: Date): Day {
  return moment.toISOString().slice(0, 10);
}

/** True for a day that exists, written `2018-09-24`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(moment.getTime()) && dayOf(moment) === text;
}

/** First and last day of a month written `2018-10`; undefined: no such month. */
export function daysOfMonth(month: string): { readonly start: Day; readonly end: Day } | undefined {
  const start = `${month}-01`;
  if (!isDay(start)) return undefined;
  const next = new Date(`${start}T00:00:00.000Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { start, end: addDays(dayOf(next), -1) };
}

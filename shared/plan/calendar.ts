import { addDays } from './days.ts';
import type { ActivityProgress, PlanProgress } from './plan.ts';

/** RFC 5545, 3.1: a content line has at most 75 octets, without its line break. */
const mostOctets = 75;

/**
 * The plan as a calendar to subscribe to (RFC 5545): an all-day event for each activity that has a
 * date, on the day it was held or over its whole period. `stamp` (ISO 8601 UTC) says as of when it
 * tells this, so that the same plan gives the same bytes.
 */
export function calendar(
  { activities }: Pick<PlanProgress, 'activities'>,
  { name, stamp }: { readonly name: string; readonly stamp: string },
): string {
  const dtstamp = `${stamp.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Fiche//Plan//FR',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    ...activities.flatMap((activity) => eventOf(activity, dtstamp)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function eventOf(activity: ActivityProgress, dtstamp: string): readonly string[] {
  const { id, title, state, heldOn, zones, resources, who } = activity;
  const first = heldOn ?? activity.start;
  const last = heldOn ?? activity.end ?? activity.start;
  if (first === null || last === null) return [];
  const description = [who.join(', '), resources ?? ''].filter((text) => text !== '').join('\n');
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(id)}@plan.fiche`,
    `DTSTAMP:${dtstamp}`,
    `DTSTART;VALUE=DATE:${basic(first)}`,
    // The end is the first day that the event no longer covers.
    `DTEND;VALUE=DATE:${basic(addDays(last, 1))}`,
    `SUMMARY:${escapeText(title.fr)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escapeText(description)}`]),
    ...(zones.length === 0 ? [] : [`LOCATION:${escapeText(zones.join(', '))}`]),
    `STATUS:${statusOf(state)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

function statusOf(state: ActivityProgress['state']): string {
  if (state === 'cancelled') return 'CANCELLED';
  return state === 'done' || state === 'done-late' ? 'CONFIRMED' : 'TENTATIVE';
}

function basic(day: string): string {
  return day.replaceAll('-', '');
}

/** RFC 5545, 3.3.11; other control characters have no place in a text. */
function escapeText(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/(?!\t)\p{Cc}/gu, '');
}

/** Folded between characters, never within one. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > mostOctets) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

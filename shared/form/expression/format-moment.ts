import { localFields } from './iso-date.ts';

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
export function formatMoment(days: number, pattern: string, language: string | undefined): string {
  const date = localFields(days);
  if (date === undefined) return '';
  const words = language?.startsWith('en') === true ? names.en : names.fr;
  return pattern.replace(
    /%(.)/g,
    (whole, letter: string) => identifiers.get(letter)?.(date, words) ?? whole,
  );
}

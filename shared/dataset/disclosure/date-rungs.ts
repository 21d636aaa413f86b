import type { Bilingual } from '../../text.ts';
import type { Rung } from './rung.ts';

const written = /^"(\d{4})(?:-(\d{2}))?/;

/** Dates and times as months, years and decades. What is no date is not told. */
export const dateRungs: readonly Rung[] = [
  rung({ fr: 'mois', en: 'month' }, (year, month) => `${year}-${month}`),
  rung({ fr: 'année', en: 'year' }, (year) => year),
  rung(
    { fr: 'décennie', en: 'decade' },
    (year) => `${year.slice(0, 3)}0`,
    (year) => `${year.slice(0, 3)}0–${year.slice(0, 3)}9`,
  ),
];

function rung(
  done: Bilingual,
  short: (year: string, month: string) => string,
  long: (year: string, month: string) => string = short,
): Rung {
  const read = (token: string, as: typeof short): string => {
    const [, year, month] = written.exec(token) ?? [];
    return year === undefined ? '' : as(year, month ?? '01');
  };
  return {
    told: 'coarse',
    representative: (token) => {
      const text = read(token, short);
      return text === '' ? '' : JSON.stringify(text);
    },
    text: (token) => read(token, long),
    done,
  };
}

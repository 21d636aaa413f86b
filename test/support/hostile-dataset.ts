import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** Texts that have broken files: formulas, quotes, line ends, scripts written right to left, what is no character. */
export const hostileTexts: readonly string[] = [
  'plain',
  '=1+1',
  '+221 77',
  '-x',
  '@SUM(A1)',
  '\ttab',
  'a "quoted", text; with | and \\',
  'two\nlines',
  'carriage\r\nreturn',
  "l'été à Thiès — œuvre",
  'عربي ١٢٣',
  'mixed עברית and ‮override',
  'wolof ñ ŋ, pulaar ɓ ɗ',
  '👩‍👩‍👧‍👦 🇸🇳 \u{1f33f}',
  '\u0007bell \u001b escape \u007f del',
  '<b>&amp;</b> ]]> <!-- x -->',
  '_x0041_ escaped?',
  "'already",
  '  blanks around  ',
  'null',
  'true',
  '0123',
  '1e5',
  '2026-01-31',
  'https://example.org/?a=1&b=2',
  `${'long '.repeat(9_000)}end`,
];

/** What validation refuses, but old submissions and stores may hold. */
export const brokenTexts: readonly string[] = ['nul \0 inside', 'lone \ud83d surrogate'];

const labelled = (type: string, name: string, fr: string, en: string, more: JsonObject = {}) => ({
  type,
  name,
  visibility: 'public',
  'label::Français (fr)': fr,
  'label::English (en)': en,
  ...more,
});

const choice = (
  list_name: string,
  name: string,
  fr: string,
  en: string,
  more: JsonObject = {},
) => ({
  list_name,
  name,
  'label::Français (fr)': fr,
  'label::English (en)': en,
  ...more,
});

/** A form with a column of every kind, each seen by everyone but one, and repeats in a repeat. */
export const hostileForm = {
  survey: [
    labelled('text', 'title', '=Titre, "long"', 'Title', { review_text: 'yes' }),
    labelled('text', 'private', 'Privé', 'Private', { visibility: 'coordinator' }),
    labelled('integer', 'people', 'Personnes', 'People'),
    labelled('decimal', 'amount', 'Montant', 'Amount'),
    labelled('date', 'day', 'Jour', 'Day'),
    labelled('time', 'hour', 'Heure', 'Hour'),
    labelled('dateTime', 'moment', 'Moment', 'Moment'),
    labelled('acknowledge', 'seen', 'Vu', 'Seen'),
    labelled('select_one town', 'town', 'Ville', 'Town'),
    labelled('select_multiple service', 'services', 'Services', 'Services'),
    labelled('rank service', 'order', 'Ordre', 'Order'),
    labelled('geopoint', 'place', 'Lieu', 'Place', { precision: 'exact' }),
    labelled('geotrace', 'way', 'Trajet', 'Way', { precision: 'exact' }),
    labelled('geoshape', 'area', 'Zone', 'Area', { precision: 'exact' }),
    labelled('calculate', 'twice', 'Double', 'Twice', { calculation: '${people} * 2' }),
    { type: 'begin_group', name: 'contact', 'label::Français (fr)': 'Contact' },
    labelled('text', 'note', 'Remarque', 'Remark', { review_text: 'yes' }),
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'site', 'label::Français (fr)': 'Site' },
    labelled('text', 'name', 'Nom', 'Name', { review_text: 'yes' }),
    labelled('integer', 'beds', 'Lits', 'Beds'),
    { type: 'begin_repeat', name: 'visit', 'label::Français (fr)': 'Visite' },
    labelled('date', 'on', 'Le', 'On'),
    labelled('select_multiple service', 'given', 'Donné', 'Given'),
    { type: 'end_repeat' },
    { type: 'end_repeat' },
  ],
  choices: [
    choice('town', 'dk', 'Dakar', 'Dakar'),
    choice('town', 'th', 'Thiès', 'Thies'),
    choice('town', 'th2', 'Thiès', 'Thies'),
    choice('service', 'water', 'Eau; potable', 'Water'),
    choice('service', 'legal', '=Aide "légale"', 'Legal aid'),
    choice('service', 'rest', 'Repos', 'Rest'),
  ],
  settings: {
    'form_title::Français (fr)': 'Fiche hostile',
    default_language: 'Français (fr)',
    version: '1',
    geometry: 'place',
    license: 'CC-BY-4.0',
  },
};

/** Answers number `index` to that form: every kind of value, in turn also none at all. */
export function hostileAnswers(index: number): JsonObject {
  const text = hostileTexts[index % hostileTexts.length] ?? '';
  const answers: Record<string, JsonValue> = { title: text, private: `canary-${index}` };
  if (index % 7 === 6) return answers;
  const point = { lat: 12.5 + index / 100, lon: -16.25 - index / 100 };
  return {
    ...answers,
    people: index % 5 === 0 ? -index : index * 1_000_003,
    amount: index % 4 === 0 ? 0.1 + index : -1.5e-7 * index,
    day: `2026-0${(index % 9) + 1}-15`,
    hour: '14:30:00.000',
    moment: index % 2 === 0 ? '2026-01-31T23:30:00.000Z' : '2026-01-31T23:30:00.000-03:00',
    seen: 'OK',
    town: ['dk', 'th', 'th2'][index % 3] ?? 'dk',
    services: ['water', 'legal', 'rest'].slice(0, (index % 3) + 1),
    order: ['rest', 'water', 'legal'],
    place: index % 2 === 0 ? { ...point, altitude: 12, accuracy: 4.5 } : point,
    way: [point, { lat: 14.7, lon: -17.4 }],
    area: [point, { lat: 14.7, lon: -17.4 }, { lat: 14.8, lon: -17.1 }, point],
    contact: { note: hostileTexts[(index + 3) % hostileTexts.length] ?? '' },
    site: Array.from({ length: index % 3 }, (_, site) => ({
      name: hostileTexts[(index + site) % hostileTexts.length] ?? '',
      beds: site,
      visit: Array.from({ length: site + 1 }, (__, visit) => ({
        on: `2026-03-1${visit}`,
        given: ['water'],
      })),
    })),
  };
}

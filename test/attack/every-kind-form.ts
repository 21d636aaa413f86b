import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import type { Seeded } from './seeded.ts';

const asked = (type: string, name: string, more: Row = {}): Row => ({
  type,
  name,
  label: name,
  ...more,
});
const open: Row = { visibility: 'public' };
const marked: Row = { ...open, quasi_identifier: 'yes' };
const named = (list: string, ...names: readonly string[]): Row[] =>
  names.map((name) => ({ list_name: list, name, label: name.toUpperCase() }));

const departements: readonly (readonly [name: string, region: string, lat: number])[] = [
  ['pikine', 'DK', 14.7],
  ['rufisque', 'DK', 14.8],
  ['mbour', 'TH', 14.4],
  ['tivaouane', 'TH', 14.9],
];

/** What a version of the form says otherwise than the others. */
export interface Promised {
  readonly version: string;
  readonly k: number;
  readonly review: 'none' | 'required';
  readonly consent: boolean;
  /** Who reads `turned`, which one version opens and another closes. */
  readonly turned: 'public' | 'coordinator';
}

/** What is left of the form where there is no time for all of it. */
const core: ReadonlySet<string> = new Set([
  'ticket',
  'agreed',
  'collective',
  'offers',
  'region',
  'age',
  'born',
  'health',
  'place',
  'amount',
  'secret',
  'number',
  'memo',
  'tally',
  'turned',
  'grown',
  'job',
  'room',
  'beds',
]);

/** The form with few questions, but every way in which one could tell of someone. */
export function coreForm(said: Promised): FormDefinition {
  const form = everyKindForm(said);
  const kept = (row: Row): boolean => row['name'] === undefined || core.has(String(row['name']));
  // Where a block goes, its end goes, too.
  let dropped = 0;
  const survey = form.survey.filter((row) => {
    const type = String(row['type']);
    if (type.startsWith('begin') && (dropped > 0 || !kept(row))) dropped += 1;
    const keep = dropped === 0 && kept(row);
    if (type.startsWith('end_') && dropped > 0) dropped -= 1;
    return keep;
  });
  return { ...form, survey };
}

export function coreAnswers(answers: JsonObject): JsonObject {
  const entries = Object.entries(answers).filter(([name]) => core.has(name));
  const { grown } = answers;
  const job = isJsonObject(grown) ? (grown['job'] ?? null) : undefined;
  return { ...Object.fromEntries(entries), ...(job === undefined ? {} : { grown: { job } }) };
}

/** A form with every type of question and every way of marking one. */
export function everyKindForm({ version, k, review, consent, turned }: Promised): FormDefinition {
  const survey: Row[] = [
    asked('start', 'begun'),
    asked('end', 'ended'),
    asked('today', 'on_day', { visibility: 'members' }),
    asked('deviceid', 'device'),
    asked('username', 'user'),
    asked('phonenumber', 'sim'),
    asked('email', 'mail'),
    asked('audit', 'audit'),
    asked('background-audio', 'heard'),
    asked('start-geopoint', 'from_where'),
    asked('integer', 'ticket', open),
    asked('select_one yes_no', 'agreed', open),
    asked('select_one collectives', 'collective', { ...open, hxl: '#org+name' }),
    asked('select_multiple services', 'offers', { ...open, hxl: '#sector' }),
    asked('select_one regions', 'region', { ...marked, hxl: '#adm1+code' }),
    asked('select_one departements', 'district', {
      ...marked,
      hxl: '#adm2+code',
      choice_filter: 'regions = ${region}',
    }),
    asked('integer', 'age', { ...marked, importance: 5 }),
    asked('calculate', 'born', { ...open, calculation: '2031 - ${age}' }),
    asked('calculate', 'decade', { ...open, calculation: 'concat("d", int(${age} div 10))' }),
    asked('date', 'since', marked),
    asked('select_one health', 'health', { ...open, sensitive: 'yes' }),
    asked('geopoint', 'place', { ...open, precision: 'exact' }),
    asked('geopoint', 'spot', { ...open, precision: 'adm2' }),
    asked('geotrace', 'way', { visibility: 'members' }),
    asked('geoshape', 'area', { visibility: 'members' }),
    asked('decimal', 'amount', open),
    asked('range', 'grade', { ...open, parameters: 'start=0 end=10 step=1' }),
    asked('time', 'hour', open),
    asked('dateTime', 'moment', open),
    asked('select_one needs or_other', 'main', open),
    asked('rank services', 'order', open),
    asked('note', 'thanks'),
    asked('acknowledge', 'seen', open),
    asked('barcode', 'barcode'),
    asked('image', 'picture'),
    asked('file', 'paper', open),
    asked('audio', 'sound'),
    asked('video', 'film'),
    asked('hidden', 'kept', { default: 'kept' }),
    asked('text', 'secret'),
    asked('integer', 'number'),
    asked('text', 'memo', { visibility: 'members' }),
    asked('integer', 'tally', { visibility: 'members' }),
    asked('text', 'story', open),
    // Words may be public only where somebody reads them first.
    asked('text', 'quote', { ...open, ...(review === 'required' ? { review_text: 'yes' } : {}) }),
    asked('integer', 'turned', { visibility: turned }),
    asked('begin_group', 'grown', { relevant: '${age} >= 18' }),
    asked('select_one jobs', 'job', open),
    asked('text', 'street'),
    { type: 'end_group' },
    asked('begin_repeat', 'person'),
    asked('text', 'given'),
    asked('select_one sexes', 'sex', marked),
    asked('begin_repeat', 'visit'),
    asked('integer', 'minutes', open),
    asked('select_multiple services', 'got', open),
    { type: 'end_repeat' },
    { type: 'end_repeat' },
    asked('begin_repeat', 'room'),
    asked('integer', 'beds', open),
    { type: 'end_repeat' },
    asked('begin_repeat', 'nothing'),
    asked('text', 'void'),
    { type: 'end_repeat' },
  ];
  return {
    survey,
    choices: [
      ...named('yes_no', 'yes', 'no'),
      ...named('collectives', 'un', 'deux', 'trois'),
      ...named('services', 'water', 'legal', 'shelter'),
      ...named('needs', 'food', 'rest'),
      ...named('jobs', 'nurse', 'farmer'),
      ...named('health', 'well', 'hiv', 'injured'),
      ...named('sexes', 'f', 'm'),
      ...named('regions', 'DK', 'TH').map((row, index) => ({
        ...row,
        lat: 14.5 + index / 10,
        lon: -17,
      })),
      ...departements.map(([name, region, lat]) => ({
        list_name: 'departements',
        name,
        label: name,
        regions: region,
        lat,
        lon: -17,
      })),
    ],
    settings: {
      form_title: 'Every kind',
      version,
      k,
      review,
      geometry: 'place',
      max_risk: '100',
      ...(consent ? { consent: 'agreed' } : {}),
    },
  };
}

/** How someone is: most are like many others, some a little apart, a few alone. */
type Kind = 'alike' | 'near' | 'alone';

export function kindOf(random: Seeded): Kind {
  const drawn = random.next();
  return drawn < 0.72 ? 'alike' : drawn < 0.92 ? 'near' : 'alone';
}

/** Answers of someone, with a canary in everything that is hidden from somebody. */
export function everyKindAnswers(
  random: Seeded,
  kind: Kind,
  { consent, ticket, file }: { consent: 'yes' | 'no'; ticket: number; file?: JsonObject },
): JsonObject {
  const profile = random.below(departements.length);
  const [district, region, lat] = departements[profile] ?? (['mbour', 'TH', 14.4] as const);
  const base = 20 + 12 * profile;
  const age =
    kind === 'alike' ? base : kind === 'near' ? base + random.below(6) : 3 + random.below(95);
  const month = kind === 'alike' ? 5 : 1 + random.below(12);
  const year = kind === 'alone' ? 1990 + random.below(30) : 2023;
  const people = kind === 'alone' ? 1 + random.below(9) : 1;
  const point = (near: number) => ({
    lat: kind === 'alike' ? near : near + random.below(900) / 9000,
    lon: -17.1,
    accuracy: 4,
  });
  const services = ['water', 'legal', 'shelter'] as const;
  return {
    ticket,
    agreed: consent,
    collective: random.pick(['un', 'deux', 'trois']),
    offers: [random.pick(services)],
    region,
    district,
    age,
    since: `${year}-${String(month).padStart(2, '0')}-11`,
    // Of the first profile all that are alike have the same to hide.
    health:
      profile === 0 && kind === 'alike' ? 'hiv' : random.pick(['well', 'well', 'injured', 'hiv']),
    place: point(lat),
    spot: point(lat),
    way: [point(lat), point(lat + 0.1)],
    amount: random.below(40) / 4,
    grade: random.below(11),
    hour: '08:30:00.000Z',
    moment: '1994-02-28T10:00:00.000Z',
    ...(random.chance(0.2) ? { main: 'other', main_other: random.canary() } : { main: 'food' }),
    order: [...services],
    seen: 'OK',
    barcode: random.canary(),
    ...(file === undefined ? {} : { paper: { ...file, file: `${random.canary()}.pdf` } }),
    secret: random.canary(),
    number: random.canaryNumber(),
    memo: random.canary(),
    tally: random.canaryNumber(),
    story: random.canary(),
    quote: random.canary(),
    turned: random.canaryNumber(),
    ...(age >= 18
      ? { grown: { job: random.pick(['nurse', 'farmer']), street: random.canary() } }
      : {}),
    person: Array.from({ length: people }, () => ({
      given: random.canary(),
      sex: kind === 'alike' ? 'f' : random.pick(['f', 'm']),
      visit: Array.from({ length: kind === 'alone' ? random.below(4) : 1 }, () => ({
        minutes: random.below(90),
        got: [random.pick(services)],
      })),
    })),
    room: Array.from({ length: kind === 'alike' ? 1 : 1 + random.below(5) }, () => ({
      beds: 1 + random.below(3),
    })),
    ...(random.chance(0.1) ? { nothing: [{ void: random.canary() }] } : {}),
  };
}

/** A second, short form about the same people. */
export const followUpForm: FormDefinition = {
  survey: [
    asked('integer', 'ticket', open),
    asked('select_one regions', 'region', marked),
    asked('integer', 'age', marked),
    asked('select_one needs', 'need', { ...open, sensitive: 'yes' }),
    asked('text', 'secret'),
  ],
  choices: [...named('regions', 'DK', 'TH'), ...named('needs', 'food', 'rest', 'care')],
  settings: {
    form_title: 'Follow-up',
    version: '1',
    k: 4,
    review: 'required',
    public_metadata: 'received_at',
    max_risk: '100',
  },
};

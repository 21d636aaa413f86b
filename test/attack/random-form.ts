import fc from 'fast-check';
import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Seeded } from './seeded.ts';

/** Every type that a question can have. Those that a client answers say when: the public is not shown them. */
const types = [
  ...(['text', 'integer', 'decimal', 'range', 'date', 'time', 'dateTime'] as const),
  ...(['select_one', 'select_multiple', 'rank', 'geopoint', 'geotrace', 'geoshape'] as const),
  ...(['note', 'calculate', 'hidden', 'acknowledge', 'barcode', 'image', 'audio'] as const),
  ...(['video', 'file', 'start', 'end', 'today', 'deviceid', 'username'] as const),
  ...(['phonenumber', 'email', 'audit', 'background-audio', 'start-geopoint'] as const),
] as const;
type Type = (typeof types)[number];

const clocks: ReadonlySet<Type> = new Set(['start', 'end', 'today']);
const words: ReadonlySet<Type> = new Set([
  ...(['text', 'barcode', 'hidden', 'deviceid', 'username', 'phonenumber', 'email'] as const),
]);

interface Asked {
  readonly type: Type;
  readonly visibility: 'coordinator' | 'members' | 'public';
  readonly quasi: boolean;
  readonly sensitive: boolean;
  readonly importance: number;
  readonly precision: 'exact' | 'adm2' | 'adm1' | null;
  readonly place: 'top' | 'group' | 'repeat';
  /** Asked only of some, by what an earlier question says. */
  readonly conditional: boolean;
}

/** A form, and what is said of it; made from few facts, so that a failure is small. */
export interface RandomForm {
  readonly asked: readonly Asked[];
  readonly k: number;
  readonly review: 'none' | 'required';
  readonly consent: boolean;
  readonly metadata: readonly string[];
  readonly seed: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  // Those that generalise in different ways come up more often.
  type: fc.oneof(
    { arbitrary: fc.constantFrom(...types), weight: 2 },
    {
      arbitrary: fc.constantFrom<Type[]>('integer', 'select_one', 'date', 'calculate', 'geopoint'),
      weight: 3,
    },
  ),
  visibility: fc.constantFrom('coordinator', 'members', 'public', 'public', 'public'),
  quasi: fc.boolean(),
  sensitive: fc.boolean(),
  importance: fc.integer({ min: 1, max: 5 }),
  precision: fc.constantFrom('exact', 'adm2', 'adm1', null),
  place: fc.constantFrom('top', 'top', 'group', 'repeat'),
  conditional: fc.boolean(),
});

export const randomForm: fc.Arbitrary<RandomForm> = fc.record({
  asked: fc.array(asked, { minLength: 2, maxLength: 6 }),
  k: fc.integer({ min: 3, max: 5 }),
  review: fc.constantFrom('none', 'required'),
  consent: fc.boolean(),
  metadata: fc.subarray(['organisation', 'state', 'received_at', 'updated_at']),
  seed: fc.nat(1_000_000),
});

const named = (list: string, ...names: readonly string[]): Row[] =>
  names.map((name) => ({ list_name: list, name, label: name }));

/** The form as its author writes it. */
export function definitionOf(form: RandomForm): FormDefinition {
  const { k, review, consent, metadata } = form;
  const rows = (place: Asked['place']): Row[] =>
    form.asked.flatMap((question, index) =>
      question.place === place ? [rowOf(form, question, index)] : [],
    );
  return {
    survey: [
      { type: 'integer', name: 'ticket', label: 'T', visibility: 'public' },
      { type: 'select_one yes_no', name: 'agreed', label: 'C', visibility: 'public' },
      { type: 'integer', name: 'base', label: 'B', visibility: 'public' },
      ...rows('top'),
      { type: 'begin_group', name: 'g', label: 'G' },
      ...rows('group'),
      { type: 'end_group' },
      { type: 'begin_repeat', name: 'r', label: 'R' },
      ...rows('repeat'),
      { type: 'end_repeat' },
    ],
    choices: [...named('yes_no', 'yes', 'no'), ...named('codes', 'a', 'b', 'c')],
    settings: {
      form_title: 'F',
      version: '1',
      k,
      review,
      max_risk: '100',
      ...(consent ? { consent: 'agreed' } : {}),
      ...(metadata.length === 0 ? {} : { public_metadata: metadata.join(' ') }),
    },
  };
}

function rowOf({ asked: all, review }: RandomForm, question: Asked, index: number): Row {
  const { type, visibility, quasi, sensitive, importance, precision, conditional } = question;
  const earlier = all
    .slice(0, index)
    .findIndex((one) => one.place === 'top' && one.type === 'integer');
  const source = earlier === -1 ? 'base' : `q${earlier}`;
  const list = ['select_one', 'select_multiple', 'rank'].includes(type) ? ' codes' : '';
  return {
    type: `${type}${list}`,
    name: `q${index}`,
    label: `Q ${index}`,
    importance,
    visibility: clocks.has(type) && visibility === 'public' ? 'members' : visibility,
    ...(quasi ? { quasi_identifier: 'yes' } : {}),
    ...(sensitive ? { sensitive: 'yes' } : {}),
    ...(precision === null ? {} : { precision }),
    ...(words.has(type) && review === 'required' && index % 2 === 0 ? { review_text: 'yes' } : {}),
    ...(type === 'calculate' ? { calculation: `\${${source}} * 2` } : {}),
    ...(type === 'range' ? { parameters: 'start=0 end=10 step=1' } : {}),
    ...(conditional ? { relevant: `\${${source}} > 21` } : {}),
  };
}

/** Answers of someone: mostly what others say, too, now and then what nobody else does. */
export function answersTo(
  form: RandomForm,
  random: Seeded,
  { ticket, consent }: { readonly ticket: number; readonly consent: 'yes' | 'no' },
): JsonObject {
  const alike = random.chance(0.75);
  const at = (place: Asked['place']): JsonObject =>
    Object.fromEntries(
      form.asked.flatMap((question, index) => {
        const said = question.place === place ? answerTo(question, random, alike) : undefined;
        return said === undefined ? [] : [[`q${index}`, said]];
      }),
    );
  const rows = alike ? 1 : random.below(5);
  return {
    ticket,
    agreed: consent,
    base: alike ? 22 : random.pick([22, 15, 40, 63]),
    ...at('top'),
    g: at('group'),
    r: Array.from({ length: rows }, () => at('repeat')),
  };
}

/** Undefined: nothing. */
function answerTo(
  { type, quasi, visibility }: Asked,
  random: Seeded,
  alike: boolean,
): JsonValue | undefined {
  if (random.chance(0.05)) return undefined;
  const number = alike ? random.pick([20, 30]) : random.below(90);
  const point = { lat: 14 + (alike ? 0 : number / 100), lon: -17, accuracy: 4 };
  switch (type) {
    case 'integer':
      return !quasi && visibility !== 'public' ? random.canaryNumber() : number;
    case 'decimal':
      return number + 0.5;
    case 'range':
      return alike ? 5 : random.below(11);
    case 'date':
      return `${alike ? 2020 : 1990 + random.below(30)}-05-${String(10 + random.below(3))}`;
    case 'time':
      return `0${alike ? 8 : random.below(10)}:30:00.000Z`;
    case 'dateTime':
      return `${alike ? 1994 : 1990 + random.below(9)}-02-28T10:00:00.000Z`;
    case 'select_one':
      return alike ? 'a' : random.pick(['a', 'b', 'c']);
    case 'select_multiple':
      return alike ? ['a', 'b'] : [random.pick(['a', 'b', 'c'])];
    case 'rank':
      return alike ? ['a', 'b', 'c'] : ['c', random.chance(0.5) ? 'b' : 'a'];
    case 'geopoint':
    case 'start-geopoint':
      return point;
    case 'geotrace':
      return [point, { ...point, lat: point.lat + 0.1 }];
    case 'geoshape':
      return [point, { ...point, lat: 15 }, { ...point, lon: -16 }, point];
    case 'acknowledge':
      return 'OK';
    case 'text':
      return quasi && visibility === 'public'
        ? alike
          ? 'nurse'
          : random.pick(['nurse', 'mayor'])
        : random.canary();
    case 'barcode':
    case 'hidden':
    case 'deviceid':
    case 'username':
    case 'phonenumber':
    case 'email':
      return random.canary();
    default:
      return undefined;
  }
}

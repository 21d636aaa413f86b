import { describe, expect, it } from 'vitest';
import {
  answerMessages,
  type AnswerMessageCode,
} from '../../../../../shared/form/types/answer-messages.ts';
import type { Row } from '../../../../../shared/form/definition.ts';
import { glossaryFrom } from '../../../../../shared/form/validate/glossary.ts';
import { createValidator, instanceName } from '../../../../../shared/form/validate/validate.ts';
import type { JsonValue } from '../../../../../shared/json.ts';
import {
  list,
  modelOf,
  testNow,
  told,
  validated,
  type FormSource,
} from '../../../../support/form-source.ts';

const q = (type: string, name: string, more: Row = {}): Row => ({ type, name, ...more });
const repeat = (name: string, rows: Row[], more: Row = {}): Row[] => [
  { type: 'begin_repeat', name, ...more },
  ...rows,
  { type: 'end_repeat' },
];
const group = (name: string, rows: Row[], more: Row = {}): Row[] => [
  { type: 'begin_group', name, ...more },
  ...rows,
  { type: 'end_group' },
];
const nested = (depth: number): JsonValue => {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};
const json = (text: string): JsonValue => JSON.parse(text) as JsonValue;

interface Case {
  readonly source: FormSource;
  readonly answers: JsonValue;
  readonly told: readonly string[];
}

const one = (row: Row, answer: JsonValue, ...faults: string[]): Case => ({
  source: { survey: [row], choices: list('l', 'a', 'b') },
  answers: { a: answer },
  told: faults,
});

/** Of JSON answers no two can have one name: told of XML only, see instance-answers.test.ts. */
const ofXml = 'duplicate-answer' satisfies AnswerMessageCode;

/** At least one for every other code of the table. */
const cases: Readonly<Record<Exclude<AnswerMessageCode, typeof ofXml>, readonly Case[]>> = {
  'unknown-question': [
    { ...one(q('text', 'a'), 'x', '/b~1~0 unknown-question'), answers: { a: 'x', 'b/~': 1 } },
    {
      source: { survey: repeat('r', [q('text', 'a')]) },
      answers: { r: [{}, { z: 1 }] },
      told: ['/r/1/z unknown-question'],
    },
  ],
  'reserved-key': [
    { ...one(q('text', 'a'), 'x', '/__proto__ reserved-key'), answers: json('{"__proto__": {}}') },
    {
      ...one(q('text', 'a'), 'x', '/x unknown-question', '/x/0/constructor reserved-key'),
      answers: { x: [{ constructor: 1 }] },
    },
    one(q('geopoint', 'a'), { lat: 1, lon: 1, prototype: 1 }, '/a/prototype reserved-key'),
  ],
  'unsafe-number': [
    one(q('decimal', 'a'), 1e308, '/a unsafe-number'),
    one(q('integer', 'a'), json('9007199254740993'), '/a unsafe-number'),
    one(q('decimal', 'a'), json('1e999'), '/a unsafe-number'),
    one(q('calculate', 'a', { calculation: '1' }), 1e300, '/a unsafe-number'),
    one(q('text', 'a'), { b: [1e300] }, '/a/b/0 unsafe-number'),
  ],
  'nesting-too-deep': [
    one(q('text', 'a'), nested(20_000), `/a${'/0'.repeat(16)} nesting-too-deep`),
    one(
      q('calculate', 'a', { calculation: '1' }),
      nested(20_000),
      `/a${'/0'.repeat(16)} nesting-too-deep`,
    ),
  ],
  'bad-text': [
    one(q('text', 'a'), 'a\ud800', '/a bad-text'),
    one(q('text', 'a'), 'a\0', '/a bad-text'),
  ],
  'text-too-long': [one(q('text', 'a'), 'x'.repeat(65_537), '/a text-too-long')],
  'wrong-type': [
    one(q('integer', 'a'), '5', '/a wrong-type'),
    one(q('integer', 'a'), 1.5, '/a wrong-type'),
    one(q('text', 'a'), 5, '/a wrong-type'),
    {
      source: { survey: [q('text', 'a', { required: 'yes' })] },
      answers: 'x',
      told: [' wrong-type'],
    },
    {
      source: { survey: group('g', [q('text', 'a', { required: 'yes' })]) },
      answers: { g: ['x'] },
      told: ['/g wrong-type'],
    },
    {
      source: { survey: repeat('r', [q('text', 'a', { required: 'yes' })], { repeat_count: '2' }) },
      answers: { r: { a: 'x' } },
      told: ['/r wrong-type'],
    },
    {
      source: { survey: repeat('r', [q('text', 'a', { required: 'yes' })]) },
      answers: { r: [{ a: 'x' }, 'y'] },
      told: ['/r/1 wrong-type'],
    },
  ],
  'too-many-rows': [
    {
      source: { survey: repeat('r', [q('text', 'a')]) },
      answers: { r: Array.from({ length: 1_001 }, () => ({})) },
      told: ['/r too-many-rows'],
    },
  ],
  'too-large': [
    {
      source: {
        survey: repeat(
          'r',
          Array.from({ length: 250 }, (_, index) => q('text', `a${index}`)),
        ),
      },
      answers: { r: Array.from({ length: 1_000 }, () => ({})) },
      told: [' too-large'],
    },
    {
      source: {
        survey: repeat('r', [
          q('integer', 'n'),
          ...Array.from({ length: 20 }, (_, index) =>
            q('calculate', `c${index}`, { calculation: 'sum(${r}/n)' }),
          ),
        ]),
      },
      answers: { r: Array.from({ length: 1_000 }, () => ({ n: 1 })) },
      told: [' too-large'],
    },
  ],
  'too-many-faults': [
    {
      source: { survey: [q('text', 'a')] },
      answers: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, 1])),
      told: [
        ...Array.from({ length: 500 }, (_, index) => `/k${index} unknown-question`),
        ' too-many-faults',
      ],
    },
  ],
  required: [
    one(q('text', 'a', { required: 'yes' }), '', '/a required'),
    one(q('text', 'a', { required: 'true()' }), null, '/a required'),
    one(q('select_multiple l', 'a', { required: true }), [], '/a required'),
    {
      source: { survey: [q('text', 'a'), q('text', 'b', { required: "${a} = 'x'" })] },
      answers: { a: 'x' },
      told: ['/b required'],
    },
  ],
  constraint: [
    one(q('integer', 'a', { constraint: '. < 5' }), 7, '/a constraint'),
    one(
      q('text', 'a', { constraint: "regex(., '(a+)+$')" }),
      `${'a'.repeat(28)}!`,
      '/a constraint',
    ),
  ],
  'not-a-choice': [
    one(q('select_one l', 'a'), 'z', '/a not-a-choice'),
    one(q('select_multiple l', 'a'), ['a', 'z'], '/a/1 not-a-choice'),
    one(q('select_one l', 'a'), 'toString', '/a not-a-choice'),
  ],
  'duplicate-choice': [
    one(q('select_multiple l', 'a'), ['a', 'b', 'a'], '/a/2 duplicate-choice'),
    one(q('rank l', 'a'), ['b', 'b'], '/a/1 duplicate-choice'),
  ],
  'out-of-range': [one(q('range', 'a', { parameters: 'start=0 end=5' }), 6, '/a out-of-range')],
  'off-step': [one(q('range', 'a', { parameters: 'start=0 end=1 step=0.1' }), 0.35, '/a off-step')],
  'repeat-count': [
    {
      source: {
        survey: [q('integer', 'n'), ...repeat('r', [q('text', 'a')], { repeat_count: '${n}' })],
      },
      answers: { n: 2, r: [{ a: 'x' }] },
      told: ['/r repeat-count'],
    },
    {
      source: {
        survey: [q('integer', 'n'), ...repeat('r', [q('text', 'a')], { repeat_count: '${n}' })],
      },
      answers: { n: 2 },
      told: ['/r repeat-count'],
    },
    {
      source: {
        survey: [q('integer', 'n'), ...repeat('r', [q('text', 'a')], { repeat_count: '${n}' })],
      },
      answers: { r: [{}] },
      told: ['/r repeat-count'],
    },
  ],
  'not-relevant': [
    {
      source: { survey: [q('text', 'a'), q('integer', 'b', { relevant: "${a} = 'x'" })] },
      answers: { a: 'y', b: 'not even a number' },
      told: ['/b not-relevant'],
    },
    {
      source: {
        survey: [
          q('text', 'a'),
          ...group('g', repeat('r', [q('text', 'b', { required: 'yes' })]), {
            relevant: "${a} = 'x'",
          }),
        ],
      },
      answers: { g: { r: [{}] } },
      told: ['/g not-relevant'],
    },
  ],
  'no-answer': [one(q('note', 'a'), 'x', '/a no-answer')],
  'evaluation-failed': [
    one(q('integer', 'a', { calculation: "'many'" }), 5, '/a evaluation-failed'),
    {
      source: {
        survey: [q('text', 'a'), q('calculate', 'b', { calculation: 'concat(${a}, ${a})' })],
      },
      answers: { a: 'x'.repeat(40_000) },
      told: ['/b evaluation-failed'],
    },
  ],
  'deprecated-term': [one(q('text', 'a'), 'Des personnes ont fait X.', '/a deprecated-term')],
};

const glossary = glossaryFrom([
  { name: 'x', 'preferred::Français (fr)': 'mieux', 'deprecated::Français (fr)': 'personne' },
]);

describe('what is wrong with answers', () => {
  const rows = Object.entries(cases).flatMap(([code, list]) =>
    list.map((each, index) => ({ code, index, ...each })),
  );

  it.each(rows)('is told with its pointer: $code ($index)', ({ source, answers, told: wanted }) => {
    const { errors, warnings } = validated(modelOf(source), answers, glossary);
    expect(told([...errors, ...warnings])).toEqual(wanted);
    for (const { message } of [...errors, ...warnings]) {
      expect(message.fr).toMatch(/\.$/);
      expect(message.en).toMatch(/\.$/);
    }
  });

  it('has a case for every code, and the case tells that code', () => {
    expect([...Object.keys(cases), ofXml].sort()).toEqual(Object.keys(answerMessages).sort());
    for (const [code, found] of Object.entries(cases)) {
      const all = found.flatMap((each) => each.told);
      expect(all.some((each) => each.endsWith(` ${code}`))).toBe(true);
    }
  });

  it('is told in the form’s own words, in the languages that it has', () => {
    const model = modelOf({
      survey: [
        q('integer', 'a', {
          constraint: '. < 5',
          'constraint_message::Français (fr)': 'Moins de 5.',
          'constraint_message::English (en)': 'Less than 5.',
        }),
        q('text', 'b', { required: 'yes', 'required_message::Wolof (wo)': 'Tontul.' }),
      ],
      settings: { default_language: 'Wolof (wo)' },
    });
    expect(validated(model, { a: 7 }).errors.map(({ message }) => message)).toEqual([
      { fr: 'Moins de 5.', en: 'Less than 5.' },
      { fr: 'Tontul.', en: 'Tontul.' },
    ]);
  });
});

describe('answers that are kept', () => {
  it('stand in the form’s order, without what is empty', () => {
    const model = modelOf({
      survey: [
        q('text', 'a'),
        ...group('g', [q('text', 'b'), ...group('h', [q('text', 'c')])]),
        ...repeat('r', [q('text', 'd')]),
        q('select_multiple l', 'e'),
      ],
      choices: list('l', 'x'),
    });
    const sent = { e: [], r: [{ d: '' }, { d: 'x' }, null], g: { h: { c: null }, b: 'y' }, a: 'z' };
    const { answers, errors } = validated(model, sent);
    expect(errors).toEqual([]);
    expect(JSON.stringify(answers)).toBe('{"a":"z","g":{"b":"y"},"r":[{},{"d":"x"},{}]}');
  });

  it('have calculations done again, whatever was sent', () => {
    const model = modelOf({
      survey: [
        q('calculate', 'total', { calculation: '${half} * 2' }),
        q('calculate', 'half', { calculation: '${n} div 2' }),
        q('integer', 'n'),
        q('text', 'label', { calculation: "concat('n=', ${n})" }),
        q('calculate', 'copy', { calculation: '${n}' }),
        q('calculate', 'none', { calculation: '${n} div 0 - ${n} div 0' }),
      ],
    });
    const sent = { n: 3, total: 'forged', half: { x: 1 }, label: 'mine' };
    const { answers, errors, warnings } = validated(model, sent);
    expect([errors, warnings]).toEqual([[], []]);
    expect(answers).toEqual({ total: 3, half: 1.5, n: 3, label: 'n=3', copy: 3 });
  });

  it('keep what once() computed first', () => {
    const model = modelOf({
      survey: [
        q('calculate', 'id', { calculation: 'once(uuid())' }),
        q('calculate', 'draw', { calculation: 'once(0.5)' }),
      ],
    });
    expect(validated(model, {}).answers).toEqual({ id: 'one-uuid', draw: 0.5 });
    const kept = { id: 'mine', draw: 0.25 };
    expect(validated(model, kept).answers).toEqual(kept);
  });

  it('leave to the client what a trigger computes there', () => {
    const model = modelOf({
      survey: [q('text', 'a'), q('dateTime', 't', { calculation: 'now()', trigger: '${a}' })],
    });
    const sent = { a: 'x', t: '2020-01-01T00:00:00Z' };
    expect(validated(model, sent).answers).toEqual(sent);
    expect(validated(model, { a: 'x' }).answers).toEqual({ a: 'x' });
  });

  it('get no default but that of a calculate', () => {
    const model = modelOf({
      survey: [q('text', 'a', { default: 'x' }), q('calculate', 'b', { default: 'y' })],
    });
    expect(validated(model, {}).answers).toEqual({ b: 'y' });
  });

  it('may be those of read-only questions', () => {
    const model = modelOf({ survey: [q('text', 'a', { readonly: 'yes' })] });
    expect(validated(model, { a: 'x' })).toMatchObject({ answers: { a: 'x' }, errors: [] });
  });

  it('may answer questions called as what every object inherits', () => {
    const names = ['toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];
    const model = modelOf({ survey: names.map((name) => q('text', name)) });
    expect(validated(model, {})).toEqual({ answers: {}, errors: [], warnings: [] });
    const sent = Object.fromEntries(names.map((name) => [name, 'x']));
    const { answers, errors } = validated(model, sent);
    expect(errors).toEqual([]);
    expect(Object.entries(answers)).toEqual(Object.entries(sent));
  });

  it('keep what broke a rule, for whoever has to correct it', () => {
    const model = modelOf({ survey: [q('integer', 'a', { constraint: '. < 5' })] });
    expect(validated(model, { a: 7 }).answers).toEqual({ a: 7 });
  });
});

describe('relevance', () => {
  const chain = modelOf({
    survey: [
      q('select_one l', 'a'),
      q('select_one l', 'b', { relevant: "${a} = 'x'" }),
      ...group('g', [q('text', 'c', { required: 'yes' })], { relevant: "${b} = 'x'" }),
      q('calculate', 'd', { calculation: "if(${c} = '', 'no', 'yes')" }),
    ],
    choices: list('l', 'x', 'y'),
  });

  it('follows from answers that are themselves relevant', () => {
    const { answers, errors, warnings } = validated(chain, { a: 'y', b: 'x', g: { c: 'z' } });
    expect(errors).toEqual([]);
    expect(told(warnings)).toEqual(['/b not-relevant', '/g not-relevant']);
    expect(answers).toEqual({ a: 'y', d: 'no' });
  });

  it('asks for what is required as soon as its group is relevant', () => {
    expect(told(validated(chain, { a: 'x', b: 'x' }).errors)).toEqual(['/g/c required']);
    expect(validated(chain, { a: 'x', b: 'x', g: { c: 'z' } }).answers).toMatchObject({ d: 'yes' });
  });

  it('drops a calculation in silence', () => {
    const model = modelOf({
      survey: [q('text', 'a'), q('calculate', 'b', { calculation: '1', relevant: "${a} = 'x'" })],
    });
    expect(validated(model, { a: 'y', b: 1 })).toEqual({
      answers: { a: 'y' },
      errors: [],
      warnings: [],
    });
  });

  it('does not count rows that are not relevant', () => {
    const model = modelOf({
      survey: [
        q('text', 'a'),
        ...repeat('r', [q('integer', 'n')], { relevant: "${a} = 'x'", repeat_count: '2' }),
        q('calculate', 'rows', { calculation: 'count(${r})' }),
        q('calculate', 'sum', { calculation: 'sum(${n})' }),
      ],
    });
    const r = [{ n: 1 }, { n: 2 }];
    expect(validated(model, { a: 'x', r }).answers).toEqual({ a: 'x', r, rows: 2, sum: 3 });
    expect(validated(model, { a: 'y', r }).answers).toEqual({ a: 'y', rows: 0, sum: 0 });
  });
});

describe('repeats', () => {
  const visits = modelOf({
    survey: repeat('site', [
      q('text', 'name'),
      q('integer', 'days'),
      q('calculate', 'rank', { calculation: 'position(..)' }),
      ...repeat(
        'day',
        [
          q('integer', 'people', { constraint: '. <= ${limit}' }),
          q('integer', 'limit'),
          q('calculate', 'label', { calculation: "concat(${name}, ' ', position(..))" }),
        ],
        { repeat_count: '${days}' },
      ),
      q('calculate', 'total', { calculation: 'sum(${people})' }),
    ]),
  });

  it('nest: each row sees its own, and sums what is below it', () => {
    const sent = {
      site: [
        {
          name: 'A',
          days: 2,
          day: [
            { people: 1, limit: 5 },
            { people: 2, limit: 5 },
          ],
        },
        { name: 'B', days: 1, day: [{ people: 9, limit: 5 }] },
        { name: 'C' },
      ],
    };
    const { answers, errors } = validated(visits, sent);
    expect(told(errors)).toEqual(['/site/1/day/0/people constraint']);
    expect(answers).toMatchObject({
      site: [
        { rank: 1, total: 3, day: [{ label: 'A 1' }, { label: 'A 2' }] },
        { rank: 2, total: 9, day: [{ label: 'B 1' }] },
        { rank: 3, total: 0 },
      ],
    });
  });

  it('have as many rows as the form counts, in each of the rows above', () => {
    const { errors } = validated(visits, {
      site: [
        { days: 1, day: [{}] },
        { days: 0, day: [{}] },
      ],
    });
    expect(told(errors)).toEqual(['/site/1/day repeat-count']);
  });

  it('may chain 5,000 calculations', () => {
    const model = modelOf({
      survey: [
        ...Array.from({ length: 5_000 }, (_, index) =>
          q('calculate', `c${index}`, { calculation: `\${c${index + 1}} + 1` }),
        ),
        q('integer', 'c5000'),
      ],
    });
    expect(validated(model, { c5000: 1 }).answers['c0']).toBe(5_001);
  });
});

describe('choices', () => {
  const cascade = modelOf({
    survey: [
      q('select_one regions', 'region'),
      q('select_one departements', 'departement', { choice_filter: 'region = ${region}' }),
      ...repeat('r', [
        q('select_one regions', 'where'),
        q('select_multiple departements', 'towns', { choice_filter: 'region = ${where}' }),
      ]),
    ],
    choices: [
      ...list('regions', 'SN01', 'SN02'),
      { list_name: 'departements', name: 'SN0101', region: 'SN01' },
      { list_name: 'departements', name: 'SN0201', region: 'SN02' },
    ],
  });

  it('are those that the filter lets through', () => {
    expect(validated(cascade, { region: 'SN01', departement: 'SN0101' }).errors).toEqual([]);
    const wrong = validated(cascade, { region: 'SN02', departement: 'SN0101' });
    expect(told(wrong.errors)).toEqual(['/departement not-a-choice']);
  });

  it('are filtered row by row in a repeat', () => {
    const { errors } = validated(cascade, {
      r: [
        { where: 'SN01', towns: ['SN0101'] },
        { where: 'SN02', towns: ['SN0201', 'SN0101'] },
      ],
    });
    expect(told(errors)).toEqual(['/r/1/towns/1 not-a-choice']);
  });

  it('include other, and its text is asked for with it only', () => {
    const model = modelOf({
      survey: [q('select_one l or_other', 'a')],
      choices: list('l', 'x'),
    });
    const other = { a: 'other', a_other: 'Autre chose' };
    expect(validated(model, other)).toEqual({ answers: other, errors: [], warnings: [] });
    expect(told(validated(model, { a: 'x', a_other: 'y' }).warnings)).toEqual([
      '/a_other not-relevant',
    ]);
  });

  it('include other whatever the filter says', () => {
    const model = modelOf({
      survey: [q('text', 'z'), q('select_one l or_other', 'a', { choice_filter: 'zone = ${z}' })],
      choices: [{ list_name: 'l', name: 'x', zone: 'n' }],
    });
    expect(validated(model, { z: 's', a: 'other' }).errors).toEqual([]);
    expect(told(validated(model, { z: 's', a: 'x' }).errors)).toEqual(['/a not-a-choice']);
  });

  it('may share a code where the form allows it', () => {
    const model = modelOf({
      survey: [q('text', 'z'), q('select_one l', 'a', { choice_filter: 'zone = ${z}' })],
      choices: [
        { list_name: 'l', name: 'centre', zone: 'n' },
        { list_name: 'l', name: 'centre', zone: 's' },
      ],
      settings: { allow_choice_duplicates: 'yes' },
    });
    expect(validated(model, { z: 's', a: 'centre' }).errors).toEqual([]);
    expect(told(validated(model, { z: 'e', a: 'centre' }).errors)).toEqual(['/a not-a-choice']);
  });
});

describe('the instance name', () => {
  const context = { now: testNow, uuid: () => 'one-uuid' };

  it('is made of the answers', () => {
    const model = modelOf({
      survey: [q('select_one l', 'a'), q('date', 'b')],
      choices: [{ list_name: 'l', name: 'x', label: 'Xavier' }],
      settings: { instance_name: "concat(jr:choice-name(${a}, '${a}'), ' – ', ${b})" },
    });
    expect(instanceName(model, { a: 'x', b: '2026-01-31' }, context)).toBe('Xavier – 2026-01-31');
  });

  it('is empty if the form gives none', () => {
    const validator = createValidator(modelOf({ survey: [q('text', 'a')] }));
    expect(validator.instanceName({}, context)).toBe('');
  });
});

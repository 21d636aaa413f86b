import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { Row } from '../../../../../shared/form/definition.ts';
import { formMessages, type FormMessageCode } from '../../../../../shared/form/form-messages.ts';
import { compileSource, list, modelOf, type FormSource } from '../../../../support/form-source.ts';

interface Case {
  readonly source: FormSource;
  /** Sheet, row and column of the fault. */
  readonly at: readonly [string, number, string];
}

const q = (name: string, more: Row = {}): Row => ({ type: 'text', name, ...more });
const survey = (...rows: Row[]): FormSource => ({ survey: rows });
const settings = (row: Row, ...rows: Row[]): FormSource => ({
  survey: [q('a'), ...rows],
  settings: row,
});
const repeated = (row: Row): Row[] => [
  { type: 'begin_repeat', name: 'r' },
  row,
  { type: 'end_repeat' },
];

const shown = { visibility: 'public' };
const age: Row = { type: 'integer', name: 'age', quasi_identifier: 'yes', ...shown };

/** One form for every code of the table. */
const cases: Readonly<Record<FormMessageCode, Case>> = {
  'empty-form': { source: survey(), at: ['survey', 1, 'type'] },
  'too-many-rows': {
    source: survey(...Array.from({ length: 20_001 }, (_, index) => q(`q${index}`))),
    at: ['survey', 20_002, ''],
  },
  'cell-too-long': {
    source: survey(q('a', { hint: 'x'.repeat(32_768) })),
    at: ['survey', 2, 'hint'],
  },
  'too-many-faults': {
    source: survey(...Array.from({ length: 1_001 }, (_, index) => q(`q ${index}`))),
    at: ['', 0, ''],
  },
  'missing-type': { source: survey(q('a'), { name: 'b' }), at: ['survey', 3, 'type'] },
  'unknown-type': {
    source: survey({ type: 'integr', name: 'a' }),
    at: ['survey', 2, 'type'],
  },
  'missing-name': { source: survey({ type: 'text', label: 'A' }), at: ['survey', 2, 'name'] },
  'invalid-name': { source: survey(q('1 a')), at: ['survey', 2, 'name'] },
  'duplicate-name': { source: survey(q('a'), q('a')), at: ['survey', 3, 'name'] },
  'reserved-name': { source: survey(q('constructor')), at: ['survey', 2, 'name'] },
  'column-name-taken': { source: survey(q('organisation')), at: ['survey', 2, 'name'] },
  'unbalanced-group': {
    source: survey({ type: 'begin group', name: 'g' }, q('a')),
    at: ['survey', 2, 'type'],
  },
  'too-deep': {
    source: survey(
      ...Array.from({ length: 13 }, (_, depth) => ({ type: 'begin group', name: `g${depth}` })),
      q('a'),
      ...Array.from({ length: 13 }, () => ({ type: 'end group' })),
    ),
    at: ['survey', 14, 'type'],
  },
  'empty-group': {
    source: survey(q('a'), { type: 'begin_group', name: 'g' }, { type: 'end_group' }),
    at: ['survey', 3, 'name'],
  },
  'missing-list': { source: survey({ type: 'select_one', name: 'a' }), at: ['survey', 2, 'type'] },
  'unknown-list': {
    source: { survey: [{ type: 'select_one region', name: 'a' }], choices: list('regions', 'x') },
    at: ['survey', 2, 'type'],
  },
  'missing-list-name': {
    source: { survey: [q('a')], choices: [...list('l', 'x'), { name: 'x' }] },
    at: ['choices', 3, 'list_name'],
  },
  'missing-choice-name': {
    source: { survey: [q('a')], choices: [...list('l', 'x'), { list_name: 'l' }] },
    at: ['choices', 3, 'name'],
  },
  'duplicate-choice': {
    source: { survey: [q('a')], choices: list('l', 'x', 'y', 'x') },
    at: ['choices', 4, 'name'],
  },
  'choice-with-space': {
    source: { survey: [{ type: 'select_multiple l', name: 'a' }], choices: list('l', 'a b') },
    at: ['choices', 2, 'name'],
  },
  'invalid-choice-name': {
    source: { survey: [q('a')], choices: list('l', 'a\u0007b') },
    at: ['choices', 2, 'name'],
  },
  'missing-calculation': {
    source: survey({ type: 'calculate', name: 'a' }),
    at: ['survey', 2, 'calculation'],
  },
  'unknown-reference': {
    source: survey(q('village'), q('b', { relevant: "${vilage} != ''" })),
    at: ['survey', 3, 'relevant'],
  },
  'ambiguous-reference': {
    source: survey(
      q('a'),
      { type: 'begin_group', name: 'g' },
      q('a'),
      { type: 'end_group' },
      q('b', { relevant: "${a} = 'x'" }),
    ),
    at: ['survey', 6, 'relevant'],
  },
  cycle: {
    source: survey(
      { type: 'calculate', name: 'a', calculation: '${b} + 1' },
      { type: 'calculate', name: 'b', calculation: '${a} + 1' },
    ),
    at: ['survey', 2, 'calculation'],
  },
  'bad-default': {
    source: survey({ type: 'integer', name: 'a', default: 'beaucoup' }),
    at: ['survey', 2, 'default'],
  },
  'bad-range': {
    source: survey({ type: 'range', name: 'a', parameters: 'start=5 end=5' }),
    at: ['survey', 2, 'parameters'],
  },
  'bad-visibility': {
    source: survey(q('a', { visibility: 'everyone' })),
    at: ['survey', 2, 'visibility'],
  },
  'bad-precision': {
    source: survey({ type: 'geopoint', name: 'a', precision: 'adm9' }),
    at: ['survey', 2, 'precision'],
  },
  'bad-yes-no': {
    source: survey(q('a', { quasi_identifier: 'perhaps' })),
    at: ['survey', 2, 'quasi_identifier'],
  },
  'bad-sensitive': {
    source: survey(q('a', { sensitive: 'very' })),
    at: ['survey', 2, 'sensitive'],
  },
  'bad-importance': {
    source: survey(q('a', { importance: 6 })),
    at: ['survey', 2, 'importance'],
  },
  'bad-audience': { source: settings({ audience: 'all' }), at: ['settings', 2, 'audience'] },
  'bad-review': { source: settings({ review: 'some' }), at: ['settings', 2, 'review'] },
  'bad-expected': { source: settings({ expected: 'many' }), at: ['settings', 2, 'expected'] },
  'bad-public-metadata': {
    source: settings({ public_metadata: 'organisation token' }),
    at: ['settings', 2, 'public_metadata'],
  },
  'bad-hxl': { source: survey(q('a', { hxl: 'adm1' })), at: ['survey', 2, 'hxl'] },
  'bad-k': { source: settings({ k: '0' }), at: ['settings', 2, 'k'] },
  'bad-max-suppressed': {
    source: settings({ max_suppressed: '101' }),
    at: ['settings', 2, 'max_suppressed'],
  },
  'bad-max-risk': { source: settings({ max_risk: '101 %' }), at: ['settings', 2, 'max_risk'] },
  'bad-low-k': { source: settings({ low_k: 'perhaps' }), at: ['settings', 2, 'low_k'] },
  'low-k': { source: settings({ k: 2 }), at: ['settings', 2, 'k'] },
  'bad-shards': { source: settings({ shards: '257' }), at: ['settings', 2, 'shards'] },
  'bad-due': { source: settings({ due: '2026-02-30' }), at: ['settings', 2, 'due'] },
  'bad-license': {
    source: settings({ license: 'do as you like' }),
    at: ['settings', 2, 'license'],
  },
  'bad-version': { source: settings({ version: 'v\u0007' }), at: ['settings', 2, 'version'] },
  'missing-column': {
    source: { survey: [q('a')], choices: [{ liste: 'l', name: 'x' }] },
    at: ['choices', 1, 'list_name'],
  },
  'column-twice': {
    source: survey(q('a', { relevant: 'true()', 'bind::relevant': 'false()' })),
    at: ['survey', 2, 'bind::relevant'],
  },
  'column-like': {
    source: settings({ defualt_language: 'fr' }),
    at: ['settings', 1, 'defualt_language'],
  },
  'blanks-around': { source: survey(q('a'), q('b ')), at: ['survey', 3, 'name'] },
  'blank-rows': {
    source: survey(q('a'), { label: '' }, { label: null }, q('b')),
    at: ['survey', 3, ''],
  },
  'unsupported-type': { source: survey({ type: 'osm', name: 'a' }), at: ['survey', 2, 'type'] },
  'audit-name': { source: survey({ type: 'audit', name: 'log' }), at: ['survey', 2, 'name'] },
  'name-differs-by-case': { source: survey(q('age'), q('Age')), at: ['survey', 3, 'name'] },
  'name-elsewhere': {
    source: survey(q('a'), { type: 'begin_group', name: 'g' }, q('a'), { type: 'end_group' }),
    at: ['survey', 4, 'name'],
  },
  'unreadable-parameters': {
    source: survey(q('a', { parameters: 'rows 5' })),
    at: ['survey', 2, 'parameters'],
  },
  'unknown-parameter': {
    source: survey({ type: 'image', name: 'a', parameters: 'max_pixels=1024' }),
    at: ['survey', 2, 'parameters'],
  },
  'bad-parameter': {
    source: survey({ type: 'image', name: 'a', parameters: 'max-pixels=big' }),
    at: ['survey', 2, 'parameters'],
  },
  'bad-trigger': {
    source: survey(q('a'), q('b', { trigger: 'a' })),
    at: ['survey', 3, 'trigger'],
  },
  'missing-trigger': {
    source: survey({ type: 'background-geopoint', name: 'a' }),
    at: ['survey', 2, 'trigger'],
  },
  'search-appearance': {
    source: {
      survey: [{ type: 'select_one l', name: 'a', appearance: "minimal search('fruits')" }],
      choices: list('l', 'x'),
    },
    at: ['survey', 2, 'appearance'],
  },
  'bad-attribute': {
    source: survey(q('a', { 'bind::esri:fieldType': 'text' })),
    at: ['survey', 2, 'bind::esri:fieldType'],
  },
  'deprecated-type': {
    source: survey({ type: 'simserial', name: 'a' }),
    at: ['survey', 2, 'type'],
  },
  'unused-list': {
    source: { survey: [q('a')], choices: list('l', 'x') },
    at: ['choices', 2, 'list_name'],
  },
  'list-name-taken': {
    source: {
      survey: [{ type: 'select_one_from_file l.csv', name: 'a' }],
      choices: list('l', 'x'),
    },
    at: ['survey', 2, 'type'],
  },
  'bad-list-file': {
    source: survey({ type: 'select_one_from_file regions.xlsx', name: 'a' }),
    at: ['survey', 2, 'type'],
  },
  'bad-list-name': {
    source: { survey: [{ type: 'select_one my list', name: 'a' }], choices: list('l', 'x') },
    at: ['survey', 2, 'type'],
  },
  'missing-file': {
    source: survey({ type: 'select_one_from_file regions.csv', name: 'a' }),
    at: ['survey', 2, 'type'],
  },
  'unknown-file-column': {
    source: {
      survey: [{ type: 'select_one_from_file l.csv', name: 'a', parameters: 'value=code' }],
      files: new Map([['l.csv', [{ name: 'x', label: 'X' }]]]),
    },
    at: ['survey', 2, 'parameters'],
  },
  'other-not-here': {
    source: survey({ type: 'select_one_from_file l.csv or_other', name: 'a' }),
    at: ['survey', 2, 'type'],
  },
  'bad-choices-from': {
    source: survey(q('a'), { type: 'select_one ${a}', name: 'b' }),
    at: ['survey', 3, 'type'],
  },
  'external-inside': {
    source: {
      survey: [{ type: 'select_one_external l', name: 'a' }],
      external: list('l', 'x'),
    },
    at: ['survey', 2, 'type'],
  },
  'bad-choice-column': {
    source: {
      survey: [{ type: 'select_one l', name: 'a' }],
      choices: [{ list_name: 'l', name: 'x', 'Région (adm1)': 'SN01' }],
    },
    at: ['choices', 1, 'Région (adm1)'],
  },
  'typography-read': {
    source: survey(q('a'), q('b', { relevant: '${a} = ‘oui’' })),
    at: ['survey', 3, 'relevant'],
  },
  'union-not-in-collect': {
    source: survey(q('a'), q('b', { relevant: 'count(${a} | ${a}) > 0' })),
    at: ['survey', 3, 'relevant'],
  },
  'star-not-in-collect': {
    source: survey(q('a'), q('b', { relevant: 'count(/data/*) > 1' })),
    at: ['survey', 3, 'relevant'],
  },
  'text-date-in-collect': {
    source: survey(q('a', { type: 'date' }), q('b', { relevant: "${a} > '2020-01-01'" })),
    at: ['survey', 3, 'relevant'],
  },
  'several-in-collect': {
    source: survey(
      { type: 'begin_repeat', name: 'r' },
      q('a'),
      { type: 'end_repeat' },
      q('b', { relevant: "${a} = 'x'" }),
    ),
    at: ['survey', 5, 'relevant'],
  },
  'hidden-trigger': {
    source: survey(
      { type: 'calculate', name: 'c', calculation: '1' },
      { type: 'calculate', name: 'd', calculation: '2', trigger: '${c}' },
    ),
    at: ['survey', 3, 'trigger'],
  },
  'pulled-inside': {
    source: {
      survey: [
        { type: 'select_one l', name: 'a' },
        { type: 'calculate', name: 'b', calculation: "pulldata('l', 'label', 'name', 'x')" },
      ],
      choices: list('l', 'x'),
    },
    at: ['survey', 3, 'calculation'],
  },
  'encryption-refused': {
    source: settings({ public_key: 'MIIBIj' }),
    at: ['settings', 2, 'public_key'],
  },
  'instance-id-needed': {
    source: settings({ omit_instanceID: 'yes' }),
    at: ['settings', 2, 'omit_instanceID'],
  },
  'answers-elsewhere': {
    source: settings({ submission_url: 'https://elsewhere.example/submission' }),
    at: ['settings', 2, 'submission_url'],
  },
  'bad-namespaces': {
    source: settings({ namespaces: 'esri' }),
    at: ['settings', 2, 'namespaces'],
  },
  'bad-root-name': { source: settings({ name: 'my form' }), at: ['settings', 2, 'name'] },
  'entities-ignored': {
    source: survey(q('a', { save_to: 'label' })),
    at: ['survey', 2, 'save_to'],
  },
  'bad-file-name': {
    source: survey(q('a', { 'media::image': '../map.png' })),
    at: ['survey', 2, 'media::image'],
  },
  'bad-attachment-max': {
    source: settings({ attachment_max_mb: '2 Go' }),
    at: ['settings', 2, 'attachment_max_mb'],
  },
  'bad-attachment-type': {
    source: settings({ attachment_types: 'pdf' }),
    at: ['settings', 2, 'attachment_types'],
  },
  'unknown-setting-question': {
    source: settings({ consent: 'agreed' }),
    at: ['settings', 2, 'consent'],
  },
  'bad-consent': { source: settings({ consent: 'a' }), at: ['settings', 2, 'consent'] },
  'bad-geometry': { source: settings({ geometry: 'a' }), at: ['settings', 2, 'geometry'] },
  'form-id-differs': { source: settings({ form_id: 'other' }), at: ['settings', 2, 'form_id'] },
  'unknown-column': { source: survey(q('a', { lable: 'A' })), at: ['survey', 1, 'lable'] },
  'comment-row': {
    source: survey(q('a'), { label: '', hint: 'Later' }),
    at: ['survey', 3, 'type'],
  },
  'bare-name': {
    source: survey(q('a'), q('b', { relevant: 'a = 1' })),
    at: ['survey', 3, 'relevant'],
  },
  'not-in-collect': {
    source: survey(q('a', { constraint: "substring(., 1, 1) = 'b'" })),
    at: ['survey', 2, 'constraint'],
  },
  'unknown-filter-column': {
    source: {
      survey: [{ type: 'select_one l', name: 'a', choice_filter: "regoin = 'x'" }],
      choices: [{ list_name: 'l', name: 'x', region: 'y' }],
    },
    at: ['survey', 2, 'choice_filter'],
  },
  'unknown-list-read': {
    source: survey({
      type: 'calculate',
      name: 'a',
      calculation: "count(instance('regions')/root/item)",
    }),
    at: ['survey', 2, 'calculation'],
  },
  'missing-label': {
    source: survey({ type: 'text', name: 'a', label: '' }),
    at: ['survey', 2, 'label'],
  },
  'missing-translation': {
    source: survey(
      {
        type: 'text',
        name: 'a',
        label: '',
        'label::Français (fr)': 'A',
        'label::English (en)': 'A',
      },
      { type: 'text', name: 'b', label: '', 'label::Français (fr)': 'B' },
    ),
    at: ['survey', 3, 'label::Français (fr)'],
  },
  'place-hidden': {
    source: survey({ type: 'geopoint', name: 'a', visibility: 'public' }),
    at: ['survey', 2, 'precision'],
  },
  'identifies-by-dependence': {
    source: survey(age, { type: 'calculate', name: 'b', calculation: '${age}', ...shown }),
    at: ['survey', 3, 'quasi_identifier'],
  },
  'identifies-as-input': {
    source: survey(
      { type: 'integer', name: 'b', ...shown },
      { ...age, type: 'calculate', calculation: '${b}' },
    ),
    at: ['survey', 2, 'quasi_identifier'],
  },
  'identifies-as-place': {
    source: survey(age, { type: 'geopoint', name: 'b', ...shown, precision: 'adm1' }),
    at: ['survey', 3, 'quasi_identifier'],
  },
  'identifies-by-rows': {
    source: survey(age, ...repeated({ type: 'integer', name: 'b', ...shown })),
    at: ['survey', 3, 'name'],
  },
  'identifies-and-sensitive': {
    source: survey({ ...age, sensitive: 'yes' }),
    at: ['survey', 2, 'sensitive'],
  },
  'metadata-identifies': {
    source: { survey: [age], settings: { public_metadata: 'state organisation received_at' } },
    at: ['settings', 2, 'public_metadata'],
  },
  'text-not-public': {
    source: survey(q('a', { visibility: 'public' })),
    at: ['survey', 2, 'review_text'],
  },
  'text-not-reviewed': {
    source: {
      survey: [q('a', { visibility: 'public', review_text: 'yes' })],
      settings: { review: 'none' },
    },
    at: ['survey', 2, 'review_text'],
  },
  'name-generated': {
    source: survey(q('a'), { type: 'note', label: 'Read' }),
    at: ['survey', 3, 'name'],
  },
};

describe('what is wrong with a form', () => {
  it.each(Object.entries(cases))('is told where it stands: %s', (code, { source, at }) => {
    const { model, errors, warnings } = compileSource(source);
    const [sheet, row, column] = at;
    const { severity } = formMessages[code as FormMessageCode];
    const found = severity === 'error' ? errors : warnings;
    const issue = found.find((each) => each.code === code);
    expect(issue).toMatchObject({ sheet, row, column });
    expect(issue?.message.fr).toMatch(/[.)?]$/);
    expect(issue?.message.en).toMatch(/[.)?]$/);
    expect(model === undefined).toBe(errors.length > 0);
    if (severity === 'warning') expect(errors).toEqual([]);
  });

  it('is told all at once', () => {
    const { errors } = compileSource(
      survey(
        { type: 'integr', name: 'a' },
        q('1'),
        q('b', { relevant: '${nobody} = ' }),
        q('c', { visibility: 'all' }),
      ),
    );
    expect(errors.map(({ row, column }) => `${row} ${column}`)).toEqual(
      expect.arrayContaining(['2 type', '3 name', '4 relevant', '5 visibility']),
    );
  });

  it.each([
    ['an operator without its right side', '1 +', 'unexpected-end'],
    ['a function that does not exist', 'foo(1)', 'unknown-function'],
    ['a broken regular expression', "regex(., '[a-')", 'invalid-regex'],
  ])('is told with the character, in expressions: %s', (_, constraint, code) => {
    const { errors } = compileSource(survey(q('a', { constraint })));
    expect(errors).toMatchObject([{ sheet: 'survey', row: 2, column: 'constraint', code }]);
    expect(errors[0]?.message.en).toMatch(/\(character \d+\)$/);
  });

  it('comes with the name that was meant', () => {
    const { errors } = compileSource(cases['unknown-reference'].source);
    expect(errors[0]?.message.fr).toContain('« village »');
    const unknownType = compileSource(cases['unknown-type'].source);
    expect(unknownType.errors[0]?.message.en).toContain('"integer"');
  });

  it.each<[string, Row[], string]>([
    ['an end too many', [q('a'), { type: 'end_group' }], 'begin group'],
    [
      'ends that cross',
      [
        { type: 'begin_group', name: 'g' },
        { type: 'begin_repeat', name: 'r' },
        q('a'),
        { type: 'end_group' },
      ],
      'end repeat',
    ],
  ])('comes with the row that is missing: %s', (_, rows, wanted) => {
    const { errors } = compileSource(survey(...rows));
    expect(errors.map(({ code }) => code)).toEqual(['unbalanced-group']);
    expect(errors[0]?.message.en).toContain(`"${wanted}"`);
  });

  it('is not told again for what follows from it', () => {
    const { errors } = compileSource(
      survey({ type: 'integr', name: 'a' }, q('b', { relevant: '${a} > 1' })),
    );
    expect(errors.map(({ code }) => code)).toEqual(['unknown-type']);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'meta'])('is a name such as %s', (name) => {
    expect(compileSource(survey(q(name))).errors[0]?.code).toBe('reserved-name');
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf', 'préfecture', '_x', 'a.b-c'])(
    'is not a name such as %s',
    (name) => {
      expect(compileSource(survey(q(name))).errors).toEqual([]);
    },
  );

  it.each([
    [
      'a group that depends on what it holds',
      [{ type: 'begin_group', name: 'g', relevant: "${a} = 'x'" }, q('a'), { type: 'end_group' }],
    ],
    [
      'a repeat counted by a question inside it',
      [
        { type: 'begin_repeat', name: 'r', repeat_count: '${n}' },
        { type: 'integer', name: 'n' },
        { type: 'end_repeat' },
      ],
    ],
    ['a question relevant by its own answer', [q('a', { relevant: "${a} = 'x'" })]],
    [
      'a circle of relative paths',
      [
        { type: 'calculate', name: 'a', calculation: '../b + 1' },
        { type: 'calculate', name: 'b', calculation: '../a + 1' },
      ],
    ],
  ])('is a circle: %s', (_, rows: Row[]) => {
    expect(compileSource(survey(...rows)).errors.map(({ code }) => code)).toContain('cycle');
  });

  it.each([
    ['a constraint on its own answer', [q('a', { constraint: "${a} != 'x'" })]],
    [
      'a calculation that keeps its value',
      [{ type: 'calculate', name: 'a', calculation: 'once(uuid())' }],
    ],
    [
      'a sum over the repeat that it stands in',
      [
        { type: 'begin_repeat', name: 'r' },
        { type: 'integer', name: 'n' },
        { type: 'calculate', name: 'share', calculation: '${n} div sum(${r}/n)' },
        { type: 'end_repeat' },
      ],
    ],
  ])('is no circle: %s', (_, rows: Row[]) => {
    expect(compileSource(survey(...rows)).errors).toEqual([]);
  });

  it('is found in a chain of 10,000 calculations without exhausting the stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'calculate',
      name: `c${index}`,
      calculation: `\${c${(index + 1) % 10_000}} + 1`,
    }));
    expect(compileSource(survey(...chain)).errors.map(({ code }) => code)).toEqual(['cycle']);
  });
});

describe('a hostile form', () => {
  const long = 32_000;
  it.each<[string, Row[]]>([
    [
      '10,000 groups in each other',
      Array.from({ length: 10_000 }, (_, index) => ({ type: 'begin group', name: `g${index}` })),
    ],
    [
      '20,000 unknown references',
      [
        ...Array.from({ length: 10_000 }, (_, index) => q(`question_${index}`)),
        ...Array.from({ length: 10_000 }, (_, index) =>
          q(`other_${index}`, { relevant: `\${questoin_${index}} = 1` }),
        ),
      ],
    ],
    ['spaces in a reference', [q('a', { label: `\${${' '.repeat(long)}` })]],
    ['spaces in a type', [q('a', { type: `select_one${' '.repeat(long)}x` })]],
    ['spaces in parameters', [q('a', { parameters: `a${' '.repeat(long)}b` })]],
    ['open brackets in a default', [q('a', { default: '['.repeat(long) })]],
    ['open references in a default', [q('a', { default: '${'.repeat(long / 2) })]],
    ['spaces in a tag', [q('a', { hxl: `#a${' '.repeat(long)}` })]],
  ])('is refused or read, and costs no more than its length: %s', (_, rows) => {
    const { errors, model } = compileSource(survey(...rows));
    expect(errors.length > 0).toBe(model === undefined);
  });
});

describe('a form that is right', () => {
  it('reads headings however they are written', () => {
    const model = modelOf({
      survey: [
        {
          Type: 'Select One lieux',
          NAME: 'a',
          label: '',
          'Label : English (en)': 'Place',
          'Required Message::English (en)': 'Needed',
          'constraint message': 'Never',
          'read only': 'yes',
          'bind::relevant': 'true()',
          'bind::foo': 'bar',
        },
      ],
      choices: [{ 'list name': 'lieux', Name: 'x', label: 'X', Pcode: 'SN01' }],
      settings: { default_language: 'Français (fr)' },
    });
    const [question] = model.questions;
    expect(question).toMatchObject({ type: 'select_one', readonly: true });
    expect(question?.requiredMessage.get('en')).toBe('Needed');
    expect(question?.constraintMessage.get('fr')).toBe('Never');
    expect(question?.relevant?.source).toBe('true()');
    expect(question?.list?.byName.get('x')?.columns.get('Pcode')).toBe('SN01');
    expect(model.languages).toEqual(['fr', 'en']);
  });

  it('is hidden and reviewed unless it says otherwise', () => {
    const { settings: read, questions } = modelOf(survey(q('a')));
    expect(questions[0]?.visibility).toBe('coordinator');
    expect(read).toMatchObject({
      audience: 'members',
      review: 'required',
      k: 5,
      expected: false,
      publicMetadata: [],
      defaultLanguage: 'fr',
    });
  });

  it.each<[string | number | undefined, number]>([
    [undefined, 0],
    ['no', 0],
    ['yes', 2],
    ['TRUE', 2],
    [2, 2],
    ['5', 5],
  ])('reads how sensitive a question is: %s', (sensitive, expected) => {
    const row = sensitive === undefined ? {} : { sensitive };
    expect(modelOf(survey(q('a', row))).questions[0]?.sensitive).toBe(expected);
  });

  it.each(['1.5', '-2', '1001', 'oui!'])('refuses %s as a number of different answers', (text) => {
    const { errors } = compileSource(survey(q('a', { sensitive: text })));
    expect(errors.map(({ code }) => code)).toEqual(['bad-sensitive']);
  });

  it('tells what is published like a quasi-identifier only of what is published', () => {
    const { warnings } = compileSource({
      survey: [
        age,
        { type: 'calculate', name: 'b', calculation: '${age}' },
        { type: 'geopoint', name: 'p' },
        ...repeated({ type: 'integer', name: 'c' }),
        { type: 'integer', name: 'd', ...shown },
      ],
      settings: { public_metadata: 'state' },
    });
    expect(warnings).toEqual([]);
  });

  it('names the quasi-identifier, by which it is one', () => {
    const { warnings } = compileSource(cases['identifies-by-dependence'].source);
    expect(warnings.map(({ message }) => message.en)).toEqual([
      '"b" is published like a quasi-identifier, because it depends on ${age}.',
    ]);
  });

  it('takes a question for as important as others unless it says otherwise', () => {
    const { questions } = modelOf(
      survey(q('a'), q('b', { importance: 5 }), q('c', { importance: 1 })),
    );
    expect(questions.map(({ importance }) => importance)).toEqual([3, 5, 1]);
  });

  it.each<[Row, number]>([
    [{}, 0.2],
    [{ k: 10 }, 0.1],
    [{ max_risk: 3 }, 0.03],
    [{ max_risk: '3 %' }, 0.03],
    [{ max_risk: '0.5%', k: 10 }, 0.005],
    [{ max_risk: '100' }, 1],
    [{ max_risk: '0' }, 0],
  ])('reads the risk that is taken, in per cent: %j', (row, maxRisk) => {
    expect(modelOf(settings(row)).settings.maxRisk).toBeCloseTo(maxRisk, 12);
  });

  it.each([1, 2])('takes a k of %i only if the form confirms it', (k) => {
    expect(compileSource(settings({ k })).model).toBeUndefined();
    expect(modelOf(settings({ k, low_k: 'yes' })).settings).toMatchObject({ k, lowK: true });
    expect(modelOf(settings({ k: 3 })).settings).toMatchObject({ k: 3, lowK: false });
  });

  it('still opens a form that was published with a lower k before it had to be confirmed', () => {
    expect(compileSource(settings({ k: 2 })).asStored.settings).toMatchObject({
      k: 2,
      lowK: false,
    });
  });

  it('publishes of a record what it says, in the order of the columns', () => {
    const { settings: read } = modelOf(
      settings({ public_metadata: 'updated_at, received_at state organisation' }),
    );
    expect(read.publicMetadata).toEqual(['organisation', 'state', 'received_at', 'updated_at']);
  });

  it('keeps its own settings and ignores those that it does not know', () => {
    const { warnings, model } = compileSource(
      settings(
        {
          audience: 'anyone',
          review: 'none',
          expected: 'members',
          due: '2026-12-31',
          k: 10,
          license: 'CC-BY-4.0',
          consent: 'ok',
          geometry: 'p',
          seed: 'x.txt',
          style: 'pages',
          public_metadata: 'state organisation',
          instance_name: "concat('A ', ${a})",
        },
        { type: 'acknowledge', name: 'ok' },
        { type: 'geopoint', name: 'p' },
      ),
    );
    expect(warnings).toEqual([]);
    expect(model?.settings).toMatchObject({
      audience: 'anyone',
      review: 'none',
      expected: true,
      due: '2026-12-31',
      k: 10,
      license: 'CC-BY-4.0',
      consent: 'ok',
      geometry: 'p',
      publicMetadata: ['organisation', 'state'],
    });
  });

  it('takes a list that it lacks from the vocabularies and keeps it', () => {
    const vocabularies = new Map([
      ['regions', [{ name: 'SN01', 'label::Français (fr)': 'Dakar', pcode: 'SN01' }]],
      ['unused', [{ name: 'x', label: 'X' }]],
    ]);
    const source = survey({ type: 'select_one regions', name: 'a' });
    const { model, definition } = compileSource(source, vocabularies);
    expect(model?.lists.get('regions')?.byName.get('SN01')?.label.get('fr')).toBe('Dakar');
    expect(definition.choices).toEqual([
      { list_name: 'regions', name: 'SN01', 'label::Français (fr)': 'Dakar', pcode: 'SN01' },
    ]);
    const again = compileForm('test-form', definition, new Map());
    expect(again.model?.version).toBe(model?.version);
  });

  it('prefers its own list to the vocabulary of that name', () => {
    const { definition } = compileSource(
      { survey: [{ type: 'select_one l', name: 'a' }], choices: list('l', 'mine') },
      new Map([['l', [{ name: 'theirs', label: 'T' }]]]),
    );
    expect(definition.choices.map(({ name }) => name)).toEqual(['mine']);
  });

  it('takes lists that its expressions read from the vocabularies too', () => {
    const { model, warnings } = compileSource(
      survey({
        type: 'calculate',
        name: 'a',
        calculation: "pulldata('regions', 'label', 'name', 'SN01')",
      }),
      new Map([['regions', [{ name: 'SN01', label: 'Dakar' }]]]),
    );
    expect(warnings.map(({ code }) => code)).toEqual(['pulled-inside']);
    expect(model?.lists.has('regions')).toBe(true);
  });

  it('is told of in the order of its sheets and rows', () => {
    const { errors, warnings } = compileSource({
      survey: [
        { type: 'text', name: 'a', relevant: '${none} = 1' },
        { type: 'text', name: 'a b', default: '${none}' },
        { type: 'select_one l', name: 'c', constraint: '. >' },
      ],
      choices: list('m', 'x', 'x'),
      settings: { audience: 'all', submission_url: 'https://elsewhere.example' },
    });
    expect(errors.map(({ sheet, row }) => [sheet, row])).toEqual([
      ['survey', 2],
      ['survey', 3],
      ['survey', 3],
      ['survey', 4],
      ['survey', 4],
      ['choices', 3],
      ['settings', 2],
    ]);
    expect(warnings.map(({ sheet }) => sheet)).toEqual(['choices', 'settings']);
  });

  it.each([
    ['from the same repeat', { relevant: "${x} = 'a'" }, {}],
    ['by functions of several', {}, { calculation: 'count(${x}) + sum(${x}) + max(${x})' }],
    ['by its place', {}, { calculation: 'indexed-repeat(${x}, ${r}, 1)' }],
    ['by a predicate', {}, { calculation: "count(${r}[x = 'a'])" }],
    ['by a predicate that names it', {}, { calculation: "count(${r}[${x} = 'a'])" }],
  ])('may use an answer of a repeat %s', (_, inside, outside) => {
    const { errors, warnings } = compileSource({
      survey: [
        { type: 'begin_repeat', name: 'r' },
        { type: 'text', name: 'x' },
        { type: 'text', name: 'y', ...inside },
        { type: 'end_repeat' },
        { type: 'text', name: 'z', ...outside },
      ],
    });
    expect([...errors, ...warnings]).toEqual([]);
  });

  it.each([
    ['calculation', '${x}'],
    ['relevant', 'selected(${x}, 1)'],
    ['relevant', "${r}/x = 'a'"],
    ['relevant', "/data/outer/r/x = 'a'"],
    ['constraint', '. > ${x}'],
    ['default', '${x} + 1'],
    ['calculation', "instance('l')/root/item[name = ${x}]/label"],
    ['calculation', "concat(${x}, '!')"],
    ['choice_filter', 'name = ${x}'],
  ])('hears that phones stop where %s is %s, which repeats', (column, expression) => {
    const { warnings } = compileSource({
      survey: [
        { type: 'begin_repeat', name: 'outer' },
        { type: 'begin_repeat', name: 'r' },
        { type: 'text', name: 'x' },
        { type: 'end_repeat' },
        { type: 'select_one l', name: 'z', [column]: expression },
        { type: 'end_repeat' },
      ],
      choices: list('l', 'a'),
    });
    expect(warnings.map(({ code, row }) => [code, row])).toEqual([['several-in-collect', 6]]);
    expect(warnings[0]?.message.en).toContain('"r"');
  });

  it.each([
    { type: 'start', name: 'c' },
    { type: 'hidden', name: 'c' },
    { type: 'text', name: 'c', label: null, calculation: '1' },
  ])('cannot wait for a change of what nobody sees ($type)', (hidden) => {
    const { errors } = compileSource({
      survey: [hidden, { type: 'calculate', name: 'd', calculation: '2', trigger: '${c}' }],
    });
    expect(errors.map(({ code }) => code)).toEqual(['hidden-trigger']);
  });

  it.each(['text', 'note', 'acknowledge', 'geopoint'])('may wait for a change of %s', (type) => {
    const { errors } = compileSource({
      survey: [
        { type, name: 'c' },
        { type: 'calculate', name: 'd', calculation: '2', trigger: '${c}' },
      ],
    });
    expect(errors).toEqual([]);
  });

  it('reads what Excel made a truth as Excel shows it', () => {
    const { model, warnings } = compileSource({
      survey: [{ type: 'select_one l', name: 'a', default: true, required: true }],
      choices: [
        { list_name: 'l', name: true, label: 'Vrai' },
        { list_name: 'l', name: false, label: 'Faux' },
      ],
    });
    expect(warnings).toEqual([]);
    expect(model?.questions[0]).toMatchObject({ default: 'TRUE', required: true });
    expect([...(model?.lists.get('l')?.byName.keys() ?? [])]).toEqual(['TRUE', 'FALSE']);
  });

  it('may have a hint in place of a label', () => {
    const { warnings } = compileSource({
      survey: [{ type: 'text', name: 'a', label: null, hint: 'En un mot' }],
    });
    expect(warnings).toEqual([]);
  });

  it('has a text for "other" beside a question with or_other', () => {
    const { questions, lists } = modelOf({
      survey: [{ type: 'select_one l or_other', name: 'a', visibility: 'public' }],
      choices: list('l', 'x'),
    });
    expect(questions.map(({ name, type, visibility }) => `${name} ${type} ${visibility}`)).toEqual([
      'a select_one public',
      'a_other text public',
    ]);
    expect([...(lists.get('l')?.byName.keys() ?? [])]).toEqual(['x', 'other']);
  });

  it('allows the same name in two groups as long as nothing refers to it', () => {
    const { errors, model } = compileSource(
      survey(q('a'), { type: 'begin_group', name: 'g' }, q('a'), { type: 'end_group' }),
    );
    expect(errors).toEqual([]);
    expect(model?.questions.map(({ path }) => path.join('/'))).toEqual(['a', 'g/a']);
  });

  it('knows in which repeat each question stands', () => {
    const { questions, repeats } = modelOf(
      survey(
        { type: 'begin_repeat', name: 'outer' },
        { type: 'begin_group', name: 'g' },
        ...repeated(q('a')),
        { type: 'end_group' },
        q('b'),
        { type: 'end_repeat' },
        q('c'),
      ),
    );
    expect(questions.map(({ repeat }) => repeat?.name)).toEqual(['r', 'outer', undefined]);
    expect(repeats.map(({ name, path, repeat }) => [name, path.join('/'), repeat?.name])).toEqual([
      ['outer', 'outer', undefined],
      ['r', 'outer/g/r', 'outer'],
    ]);
  });

  it.each([
    ['${a}', true],
    ['today()', true],
    ['1 + 2', true],
    ["concat('a', 'b')", true],
    ['a-b', false],
    ['Autre (à préciser)', false],
    ['2026-01-31', false],
    ['-5', false],
    ["l'eau", false],
    ['https://example.org/a', false],
  ])('takes the default %s for an expression: %s', (text, dynamic) => {
    const { questions } = modelOf(survey(q('a'), q('b', { default: text })));
    expect(typeof questions[1]?.default === 'object').toBe(dynamic);
  });

  it('passes over disabled rows', () => {
    const { questions } = modelOf(survey(q('a'), q('b', { disabled: 'yes' })));
    expect(questions.map(({ name }) => name)).toEqual(['a']);
  });

  it('has a version of its own content unless it states one', () => {
    const version = (label: string) => modelOf(survey(q('a', { label }))).version;
    expect(version('A')).toBe(version('A'));
    expect(version('A')).not.toBe(version('B'));
    expect(modelOf(settings({ version: 2026 })).version).toBe('2026');
  });

  it.each([
    [
      { label: '', 'label::Français (fr)': 'A', 'label::English (en)': 'A' },
      {},
      ['fr', 'en'],
      'fr',
    ],
    [
      { label: '', 'label::fr': 'A', 'label::Wolof (wo)': 'A' },
      { default_language: 'Wolof' },
      ['fr', 'wo'],
      'wo',
    ],
    [{ label: 'A' }, { default_language: 'English (en)' }, ['en'], 'en'],
    [{ label: 'A' }, {}, ['fr'], 'fr'],
    [{ label: 'A', 'label::Français (fr)': 'A' }, {}, ['default', 'fr'], 'default'],
  ])('finds its languages: %#', (cells, read, languages, defaultLanguage) => {
    const model = modelOf({
      survey: [{ type: 'text', name: 'a', ...cells }],
      settings: read,
    });
    expect(model.languages).toEqual(languages);
    expect(model.settings.defaultLanguage).toBe(defaultLanguage);
  });
});

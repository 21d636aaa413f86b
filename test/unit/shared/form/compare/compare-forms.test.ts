import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareForms } from '../../../../../shared/form/compare/compare-forms.ts';
import type { Row } from '../../../../../shared/form/definition.ts';
import { maxChanges } from '../../../../../shared/form/compare/form-changes.ts';
import { list, modelOf, type FormSource } from '../../../../support/form-source.ts';

const text = (name: string, more: Row = {}): Row => ({ type: 'text', name, ...more });
const form = (...survey: readonly Row[]): FormSource => ({ survey });
const compare = (before: FormSource, after: FormSource) =>
  compareForms(modelOf(before), modelOf(after));
/** What is told of two forms, for short. */
const codes = (before: FormSource, after: FormSource) =>
  compare(before, after).map(({ code, question }) => `${question ?? ''} ${code}`.trim());
const messages = (before: FormSource, after: FormSource) =>
  compare(before, after).map(({ message }) => message);

const select = (name: string, listName: string): Row => ({ type: `select_one ${listName}`, name });
const inGroup = (name: string, ...survey: readonly Row[]): Row[] => [
  { type: 'begin group', name },
  ...survey,
  { type: 'end group' },
];
const inRepeat = (name: string, ...survey: readonly Row[]): Row[] => [
  { type: 'begin repeat', name },
  ...survey,
  { type: 'end repeat' },
];
const point = (more: Row = {}): Row => ({ type: 'geopoint', name: 'g', ...more });
const shown = { visibility: 'public' };

describe('compareForms', () => {
  it('tells nothing of a form that did not change', () => {
    const source = {
      survey: [...inGroup('g', text('a', { hint: 'h' })), select('s', 'l')],
      choices: list('l', 'x', 'y'),
      settings: { form_title: 'F', k: '3', license: 'CC0-1.0' },
    };
    expect(compare(source, source)).toEqual([]);
  });

  it.each<[string, FormSource, FormSource, string[]]>([
    ['a question gone', form(text('a'), text('b')), form(text('a')), ['b question-removed']],
    ['a new question', form(text('a')), form(text('b'), text('a')), ['b question-added']],
    [
      'a question of another name with the same label',
      form(text('age', { label: 'Âge' }), text('b')),
      form(text('years', { label: 'âge' }), text('b')),
      ['years question-renamed', 'years label-changed'],
    ],
    [
      'no renaming where two could be meant',
      form(text('a', { label: 'X' }), text('b', { label: 'X' }), text('o')),
      form(text('c', { label: 'X' }), text('o')),
      ['c question-added', 'a question-removed', 'b question-removed'],
    ],
    [
      'a question moved into a group',
      form(text('a'), text('b')),
      form(text('b'), ...inGroup('g', text('a'))),
      ['g/a question-moved'],
    ],
    [
      'questions moved together, once',
      form(...inGroup('g', text('a'), text('b'), text('c')), text('d')),
      form(...inGroup('h', text('a'), text('b'), text('c')), text('d')),
      ['h/a questions-moved'],
    ],
    ['another order', form(text('a'), text('b')), form(text('b'), text('a')), ['order-changed']],
    [
      'another type, in the same column',
      form({ type: 'text', name: 'n' }),
      form({ type: 'integer', name: 'n' }),
      ['n type-changed'],
    ],
    [
      'another type, in other columns',
      form(text('g'), text('a')),
      form(point(), text('a')),
      ['g type-changed-column'],
    ],
    [
      'another type of the same kind',
      form(text('a')),
      form({ type: 'barcode', name: 'a' }),
      ['a type-alike'],
    ],
    [
      'a group that becomes a repeat',
      form(...inGroup('g', text('a'))),
      form(...inRepeat('g', text('a'))),
      ['g group-became-repeat'],
    ],
    [
      'a repeat that becomes a group',
      form(...inRepeat('g', text('a'))),
      form(...inGroup('g', text('a'))),
      ['g repeat-became-group'],
    ],
    [
      'a text shown more, and one less',
      form(text('a'), { type: 'note', name: 'n1', label: 'One' }),
      form(text('a'), { type: 'note', name: 'n2', label: 'Two' }),
      ['n2 note-added', 'n1 note-removed'],
    ],
    [
      'a text that becomes a question',
      form({ type: 'note', name: 'a' }, text('b')),
      form(text('a'), text('b')),
      ['a question-added', 'a note-removed'],
    ],
  ])('tells of %s', (_, before, after, expected) => {
    expect(codes(before, after)).toEqual(expected);
  });

  it.each<[string, Row, Row, string[]]>([
    ['visibility widened', {}, shown, ['visibility-widened']],
    ['visibility narrowed', shown, { visibility: 'members' }, ['visibility-narrowed']],
    [
      'a quasi-identifier more',
      shown,
      { ...shown, quasi_identifier: 'yes' },
      ['quasi-identifier-set'],
    ],
    ['one less', { ...shown, quasi_identifier: 'yes' }, shown, ['quasi-identifier-unset']],
    ['answers that are sensitive', {}, { sensitive: 'yes' }, ['sensitive-raised']],
    ['answers that are less so', { sensitive: 3 }, { sensitive: 2 }, ['sensitive-lowered']],
    ['another importance', {}, { importance: 5 }, ['importance-changed']],
    ['a free text that may be read', shown, { ...shown, review_text: 'yes' }, ['text-shown']],
    ['one that may not', { ...shown, review_text: 'yes' }, shown, ['text-hidden']],
    ['an HXL tag', {}, { hxl: '#org+name' }, ['hxl-added']],
    ['another HXL tag', { hxl: '#org' }, { hxl: '#org+name' }, ['hxl-changed']],
    ['no HXL tag any more', { hxl: '#org' }, {}, ['hxl-removed']],
    ['required', {}, { required: 'yes' }, ['required-stricter']],
    ['required in some cases', {}, { required: "${b} = 'x'" }, ['required-stricter']],
    [
      'required in all cases',
      { required: "${b} = 'x'" },
      { required: 'yes' },
      ['required-stricter'],
    ],
    ['required no more', { required: 'yes' }, {}, ['required-looser']],
    [
      'required in fewer cases',
      { required: 'yes' },
      { required: "${b} = 'x'" },
      ['required-looser'],
    ],
    [
      'required in other cases',
      { required: "${b} = 'x'" },
      { required: "${b} = 'y'" },
      ['required-changed'],
    ],
    ['a constraint', {}, { constraint: '. != 1' }, ['constraint-changed']],
    ['no constraint any more', { constraint: '. != 1' }, {}, ['constraint-removed']],
    ['relevance', {}, { relevant: "${b} = 'x'" }, ['relevant-changed']],
    ['a default', {}, { default: 'x' }, ['default-changed']],
    ['a label', { label: 'One' }, { label: 'Two' }, ['label-changed']],
    ['a hint', {}, { hint: 'Look' }, ['presentation-changed']],
    ['an appearance', {}, { appearance: 'multiline' }, ['presentation-changed']],
  ])('tells of a question that has %s', (_, before, after, expected) => {
    const told = codes(form(text('a', before), text('b')), form(text('a', after), text('b')));
    expect(told).toEqual(expected.map((code) => `a ${code}`));
  });

  it.each<[string, Row, Row, string[]]>([
    ['finer', { precision: 'adm1' }, { precision: 'exact' }, ['g precision-finer']],
    ['shown at all', {}, { precision: 'adm1' }, ['g precision-finer']],
    ['coarser', { precision: 'exact' }, { precision: 'adm2' }, ['g precision-coarser']],
    ['hidden', { precision: 'adm2' }, {}, ['g precision-coarser']],
  ])('tells of a place that is %s', (_, before, after, expected) => {
    const source = (more: Row) => form(point({ ...shown, ...more }));
    expect(codes(source(before), source(after))).toEqual(expected);
  });

  it.each<[string, Row, Row, string[]]>([
    ['title', { form_title: 'A' }, { form_title: 'B' }, ['title-changed']],
    ['wider audience', { audience: 'members' }, { audience: 'anyone' }, ['audience-widened']],
    [
      'narrower audience',
      { audience: 'anyone' },
      { audience: 'coordinator' },
      ['audience-narrowed'],
    ],
    ['no review', {}, { review: 'none' }, ['review-dropped']],
    ['review', { review: 'none' }, {}, ['review-added']],
    ['consent', {}, { consent: 'ok' }, ['consent-added']],
    ['other consent', { consent: 'ok' }, { consent: 'fine' }, ['consent-changed']],
    ['no consent', { consent: 'ok' }, {}, ['consent-removed']],
    ['place', {}, { geometry: 'g' }, ['geometry-changed']],
    ['k lowered', { k: 5 }, { k: 3 }, ['k-lowered']],
    ['k raised', { k: 5 }, { k: 9 }, ['k-raised']],
    ['what may be withheld', {}, { max_suppressed: 20 }, ['max-suppressed-changed']],
    ['the risk that is taken', {}, { max_risk: 3 }, ['max-risk-changed']],
    ['shards', {}, { shards: 16 }, ['shards-without-effect']],
    ['shards as they are by default', {}, { shards: 4 }, []],
    ['license', { license: 'CC0-1.0' }, { license: 'CC-BY-4.0' }, ['license-changed']],
    ['public metadata', {}, { public_metadata: 'organisation' }, ['metadata-widened']],
    ['days', {}, { public_metadata: 'received_at' }, ['metadata-widened']],
    ['less of them', { public_metadata: 'state' }, {}, ['metadata-narrowed']],
    ['who is expected', {}, { expected: 'members' }, ['expected-changed']],
    ['due date', { due: '2026-01-01' }, { due: '2026-02-01' }, ['due-changed']],
    ['instance name', {}, { instance_name: "'x'" }, ['settings-changed']],
  ])('tells of settings: %s', (_, before, after, expected) => {
    const consent = ['ok', 'fine'].map((name) => ({ type: 'acknowledge', name }));
    const survey = [...consent, point()];
    expect(codes({ survey, settings: before }, { survey, settings: after })).toEqual(expected);
  });

  it('tells of choices once, at the first question that has the list', () => {
    const survey = [select('s', 'l'), select('t', 'l')];
    const before = { survey, choices: list('l', 'x', 'y', 'z') };
    const after = {
      survey,
      choices: [...list('l', 'x', 'w'), { list_name: 'l', name: 'z', label: 'Zed', lat: '1' }],
    };
    expect(codes(before, after)).toEqual([
      's choices-removed',
      's choices-added',
      's choices-relabelled',
      's choices-changed',
    ]);
    expect(messages(before, after)[0]?.en).toContain('`y` (y)');
  });

  it('names few of many choices, and counts the others', () => {
    const survey = [select('s', 'l')];
    const many = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const told = messages(
      { survey, choices: list('l', ...many) },
      { survey, choices: list('l', 'c0') },
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.fr).toMatch(/`c1` .*`c5` .*et 14 autres/);
    expect(told[0]?.fr).not.toContain('c6');
  });

  it('tells of a question that takes its choices from another list', () => {
    const choices = [...list('l', 'x'), ...list('m', 'x', 'y')];
    const told = codes(
      { survey: [select('s', 'l'), select('t', 'm')], choices },
      { survey: [select('s', 'm'), select('t', 'm')], choices },
    );
    expect(told).toEqual(['s list-switched', 's choices-added']);
  });

  it('names a question by its label in the language of the sentence, and by its column', () => {
    const labels = { 'label::Français (fr)': 'Le nom', 'label::English (en)': 'The name' };
    const other = { 'label::Français (fr)': 'Autre', 'label::English (en)': 'Other' };
    const told = compareForms(
      modelOf({ survey: [...inGroup('g', text('a', labels)), text('b', other)] }),
      modelOf({ survey: [text('b', other)] }),
    );
    expect(told).toMatchObject([
      {
        severity: 'warning',
        question: 'g/a',
        message: {
          fr: expect.stringContaining('« Le nom » (`g/a`)') as unknown,
          en: expect.stringContaining('"The name" (`g/a`)') as unknown,
        },
      },
    ]);
  });

  it('tells of settings first, then of the questions in their order, then of those that are gone', () => {
    const before = {
      survey: [text('gone'), text('a'), text('b')],
      settings: { form_title: 'One' },
    };
    const after = {
      survey: [text('a', shown), text('new'), text('b', { required: 'yes' })],
      settings: { form_title: 'Two' },
    };
    expect(codes(before, after)).toEqual([
      'title-changed',
      'a visibility-widened',
      'new question-added',
      'b required-stricter',
      'gone question-removed',
    ]);
  });

  it('is bounded: warnings are kept before the rest, which is counted', () => {
    const names = Array.from({ length: 400 }, (_, index) => `q${index}`);
    const before = form(...names.map((name) => text(name)), text('gone'));
    const after = form(...names.map((name) => text(name, { hint: 'h' })));
    const told = compare(before, after);
    expect(told).toHaveLength(maxChanges);
    expect(told.at(-2)).toMatchObject({ code: 'question-removed', question: 'gone' });
    expect(told.at(-1)).toMatchObject({ code: 'more-changes', severity: 'info' });
    expect(told.at(-1)?.message.en).toContain(String(401 - (maxChanges - 1)));
    const lost = compare(before, form(text('other', { label: 'Other' })));
    expect(lost).toHaveLength(maxChanges);
    expect(lost.slice(0, -1).every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty'])('takes %s as a name', (name) => {
    const choices = list('l', 'valueOf', 'x');
    const told = codes(
      { survey: [text(name), select('s', 'l')], choices },
      { survey: [select('s', 'l'), text('b')], choices: list('l', 'x') },
    );
    expect(told).toEqual(['s choices-removed', 'b question-added', `${name} question-removed`]);
  });

  it('tells of any two forms without failing, and of what is gone and new the other way round', () => {
    const question = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      type: fc.constantFrom('text', 'integer', 'geopoint', 'select_one l', 'note'),
      label: fc.constantFrom('One', 'Two'),
      visibility: fc.constantFrom('', 'members', 'public'),
      group: fc.constantFrom('', 'g', 'r'),
    });
    const source = fc
      .uniqueArray(question, { minLength: 1, selector: ({ name }) => name })
      .map((questions): FormSource => {
        const rows = (group: string) =>
          questions.flatMap(({ group: own, ...row }) => (own === group ? [row] : []));
        const [g, r] = [rows('g'), rows('r')];
        const survey = [
          ...rows(''),
          ...(g.length > 0 ? inGroup('g', ...g) : []),
          ...(r.length > 0 ? inRepeat('r', ...r) : []),
        ];
        return { survey, choices: list('l', 'x') };
      });
    fc.assert(
      fc.property(source, source, (one, other) => {
        const [there, back] = [compare(one, other), compare(other, one)];
        const of = (all: typeof there, code: string) =>
          all.filter((change) => change.code === code).map(({ question: name }) => name);
        expect(of(there, 'question-removed').sort()).toEqual(of(back, 'question-added').sort());
        expect(of(there, 'visibility-widened')).toHaveLength(
          of(back, 'visibility-narrowed').length,
        );
        for (const { message } of there) {
          expect(message.fr).not.toMatch(/undefined|\[object|``/);
          expect(message.en).not.toMatch(/undefined|\[object|``/);
        }
      }),
    );
  });
});

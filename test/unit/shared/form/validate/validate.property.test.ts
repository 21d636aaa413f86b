import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { FormModel, FormNode } from '../../../../../shared/form/model.ts';
import { questionTypes } from '../../../../../shared/form/types/question-types.ts';
import type { JsonValue } from '../../../../../shared/json.ts';
import { builtInForms, fixtureOf } from '../../../../support/fixtures.ts';
import { list, modelOf, validated } from '../../../../support/form-source.ts';
import { readForm, vocabularyRows } from '../../../../support/forms-folder.ts';

/** A form with everything that can depend on something else. */
const wide = modelOf({
  survey: [
    ...questionTypes.map((row) => ({
      name: row.type,
      type: row.choices !== 'none' ? `${row.type} l` : row.type,
      ...(row.type === 'calculate'
        ? { calculation: 'concat(${text}, substr(${text}, 0, 1))' }
        : {}),
    })),
    { type: 'text', name: 'toString', relevant: "${select_one} = 'a'" },
    { type: 'select_one l or_other', name: 'choice' },
    { type: 'calculate', name: 'first', calculation: 'once(${integer} + 0.1)' },
    { type: 'integer', name: 'count', calculation: '${integer} div 2' },
    { type: 'begin_repeat', name: 'r', relevant: "${acknowledge} = 'OK'" },
    { type: 'integer', name: 'n', constraint: '. < ${integer}' },
    { type: 'begin_repeat', name: 's', repeat_count: '${n}' },
    { type: 'text', name: 't', required: '${n} > 1' },
    { type: 'calculate', name: 'u', calculation: 'sum(${r}/n) + position(..)' },
    { type: 'end_repeat' },
    { type: 'end_repeat' },
  ],
  choices: list('l', 'a', 'b'),
});
const { model: initiative } = compileForm('initiative', readForm('initiative'), vocabularyRows());
if (initiative === undefined) throw new Error('initiative does not compile');

const samples = [
  'a',
  'b',
  'OK',
  '2026-01-31',
  '10:30',
  '2026-01-31T10:30',
  'x\ud800y',
  '\0',
  '__proto__',
  0,
  -0,
  1,
  2,
  1.5,
  1e308,
  2 ** 53,
  ['a'],
  ['a', 'b'],
  { lat: 1, lon: 2 },
  [{ lat: 1, lon: 2 }],
  null,
  true,
];
const anything: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<JsonValue>(...samples) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue> },
);

/** Answers with the form's own names, now and then something else entirely. */
function answersTo(nodes: readonly FormNode[]): fc.Arbitrary<JsonValue> {
  const members = Object.fromEntries(
    nodes.map((node) => {
      if (node.kind === 'question') return [node.name, anything];
      const below = fc.oneof({ weight: 9, arbitrary: answersTo(node.children) }, anything);
      return [
        node.name,
        node.kind === 'group' ? below : fc.oneof(fc.array(below, { maxLength: 3 }), anything),
      ];
    }),
  );
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonValue>;
}

describe.each<[string, FormModel]>([
  ['a form of everything', wide],
  ['the initiative form', initiative],
])('validation of random answers to %s', (_, model) => {
  it('never throws, and what it keeps it keeps again', () => {
    fc.assert(
      fc.property(fc.oneof(answersTo(model.root.children), anything), (sent) => {
        const first = validated(model, sent);
        const second = validated(model, first.answers);
        expect(second.answers).toEqual(first.answers);
        expect(JSON.stringify(second.answers)).toBe(JSON.stringify(first.answers));
        expect(JSON.parse(JSON.stringify(first.answers))).toEqual(first.answers);
        if (first.errors.length === 0) expect(second.errors).toEqual([]);
        // What has not the shape of its place is left out, so what is required there is missed then.
        const places = first.errors.map(({ pointer }) => pointer.split('/')[1]);
        for (const { pointer } of second.errors) {
          expect(places.includes(undefined) || places.includes(pointer.split('/')[1])).toBe(true);
        }
        expect(second.warnings.filter(({ code }) => code === 'not-relevant')).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('does not change what was sent', () => {
    fc.assert(
      fc.property(answersTo(model.root.children), (sent) => {
        const before = JSON.stringify(sent);
        validated(model, sent);
        expect(JSON.stringify(sent)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a row of the wrong shape', () => {
  it('is told of once, and computes the same as an empty one', () => {
    const first = validated(wide, { acknowledge: 'OK', r: [{ n: 1, s: [[]] }, 'row'] });
    expect(first.answers).toMatchObject({ r: [{ s: [{ u: 2 }] }, {}] });
    expect(first.errors.map(({ pointer, code }) => [pointer, code])).toEqual(
      expect.arrayContaining([
        ['/r/0/s/0', 'wrong-type'],
        ['/r/1', 'wrong-type'],
      ]),
    );
    expect(first.errors.map(({ code }) => code)).not.toContain('required');
    expect(validated(wide, first.answers).answers).toEqual(first.answers);
  });
});

describe('validation of mutated fixtures', () => {
  it.each(builtInForms)(
    'answers every fault with a pointer that begins in the answers: %s',
    (formId) => {
      const { model } = compileForm(formId, readForm(formId), vocabularyRows());
      if (model === undefined) throw new Error(`${formId} does not compile`);
      const fixtures = fixtureOf(formId).valid.map(({ answers }) => answers);
      fc.assert(
        fc.property(
          fc.constantFrom(...fixtures),
          fc.constantFrom(...model.root.children.map(({ name }) => name)),
          anything,
          (answers, name, value) => {
            const { errors } = validated(model, { ...answers, [name]: value });
            for (const { pointer } of errors) expect(pointer).toMatch(/^$|^\//);
          },
        ),
        { numRuns: 50 },
      );
    },
  );
});

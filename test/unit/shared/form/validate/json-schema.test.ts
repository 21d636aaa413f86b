import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import { answersSchema } from '../../../../../shared/form/validate/json-schema.ts';
import { questionTypes } from '../../../../../shared/form/types/question-types.ts';
import type { JsonValue } from '../../../../../shared/json.ts';
import { builtInForms, fixtureOf } from '../../../../support/fixtures.ts';
import { list, modelOf, validated } from '../../../../support/form-source.ts';
import { readForm, vocabularyRows } from '../../../../support/forms-folder.ts';

function validatorFor(schema: object): (value: JsonValue) => boolean {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => validate(value);
}

const point = { lat: 14.7, lon: -17.4, accuracy: 3 };
const file = { file: 'a.pdf', sha256: 'a'.repeat(64), bytes: 1, type: 'application/pdf' };
const everyType = modelOf({
  survey: questionTypes.map((row) => ({
    name: row.type,
    type: row.choices !== 'none' ? `${row.type} l` : row.type,
    ...(row.type === 'calculate' ? { calculation: '1 + 1' } : {}),
    ...(row.type === 'integer' ? { required: 'yes' } : {}),
  })),
  choices: list('l', 'a', 'b'),
});
const everyAnswer: Record<string, JsonValue> = {
  text: 'x',
  integer: 5,
  decimal: 1.5,
  range: 3,
  date: '2026-01-31',
  time: '10:30',
  dateTime: '2026-01-31T10:30',
  select_one: 'a',
  select_multiple: ['a'],
  rank: ['b', 'a'],
  geopoint: point,
  geotrace: [point, point],
  geoshape: [point, point, point, point],
  hidden: 'x',
  acknowledge: 'OK',
  barcode: '123',
  image: file,
  audio: file,
  video: file,
  file,
  start: '2026-01-31T10:30:00Z',
  end: '2026-01-31T10:31:00Z',
  today: '2026-01-31',
  deviceid: 'd',
  username: 'u',
  phonenumber: 'p',
  email: 'e',
  audit: file,
  'background-audio': file,
  'start-geopoint': point,
  calculate: 2,
};

describe('the JSON Schema of answers', () => {
  it('takes an answer of every type as it is kept', () => {
    const { answers, errors } = validated(everyType, everyAnswer);
    expect(errors).toEqual([]);
    expect(answers).toEqual(everyAnswer);
    expect(validatorFor(answersSchema(everyType))(answers)).toBe(true);
  });

  const wrong: Record<string, JsonValue> = {
    text: 5,
    integer: 1.5,
    decimal: '1',
    range: 11,
    date: '2026-02-30',
    time: '25:00',
    dateTime: '2026-01-31',
    select_one: 'z',
    select_multiple: ['a', 'a'],
    rank: 'a',
    geopoint: { lat: 91, lon: 0 },
    geotrace: [point],
    geoshape: [point],
    acknowledge: 'no',
    image: { ...file, sha256: 'x' },
    hidden: true,
    start: '10:30',
    unknown: 1,
  };
  it.each(Object.entries(wrong))('refuses what validation refuses: %s', (name, answer) => {
    const answers = { ...everyAnswer, [name]: answer };
    expect(validated(everyType, answers).errors).not.toEqual([]);
    expect(validatorFor(answersSchema(everyType))(answers)).toBe(false);
  });

  it('requires what is required whatever else is answered, and nothing else', () => {
    const model = modelOf({
      survey: [
        { type: 'text', name: 'a', required: 'yes' },
        { type: 'text', name: 'b', required: 'yes', relevant: "${a} = 'x'" },
        { type: 'begin_group', name: 'g', relevant: "${a} = 'x'" },
        { type: 'text', name: 'c', required: 'yes' },
        { type: 'end_group' },
        { type: 'begin_group', name: 'h' },
        { type: 'text', name: 'd', required: 'yes' },
        { type: 'end_group' },
        { type: 'text', name: 'e', required: "${a} = 'x'" },
      ],
    });
    const schema = answersSchema(model);
    expect(schema['required']).toEqual(['a', 'h']);
    const accepts = validatorFor(schema);
    expect(accepts({ a: 'y', h: { d: 'z' } })).toBe(true);
    expect(accepts({ a: 'y' })).toBe(false);
  });

  it('speaks the form’s default language', () => {
    const model = modelOf({
      survey: [
        {
          type: 'text',
          name: 'a',
          label: '',
          'label::Français (fr)': 'Nom',
          'label::English (en)': 'Name',
          'hint::Français (fr)': 'Court',
          'hint::English (en)': 'Short',
        },
      ],
      settings: { default_language: 'English (en)', form_title: 'Sheet' },
    });
    expect(answersSchema(model)).toMatchObject({
      title: 'Sheet',
      properties: { a: { title: 'Name', description: 'Short' } },
    });
  });

  it.each(builtInForms)('agrees with validation on the fixtures of %s', (formId) => {
    const { model } = compileForm(formId, readForm(formId), vocabularyRows());
    if (model === undefined) throw new Error(`${formId} does not compile`);
    const accepts = validatorFor(answersSchema(model));
    for (const { answers } of fixtureOf(formId).valid) {
      expect(accepts(validated(model, answers).answers)).toBe(true);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { answerShapes, type AnswerShape } from '../../../../../shared/form/types/answer-shapes.ts';
import { questionTypes, typeRow } from '../../../../../shared/form/types/question-types.ts';
import { plainType, readType } from '../../../../../shared/form/types/read-type.ts';
import type { JsonValue } from '../../../../../shared/json.ts';
import { list, modelOf, told, validated } from '../../../../support/form-source.ts';

const point = { lat: 14.7, lon: -17.4 };
const square = [point, { lat: 14.8, lon: -17.4 }, { lat: 14.8, lon: -17.3 }, point];
const file = {
  file: 'photo du site.jpg',
  sha256: '0123456789abcdef'.repeat(4),
  bytes: 12,
  type: 'image/jpeg',
};

interface Samples {
  readonly right: readonly (readonly [JsonValue, text: string])[];
  readonly wrong: readonly JsonValue[];
}

/** Answers that have the shape, with how expressions read them, and answers that have not. */
const samples: Readonly<Record<AnswerShape, Samples>> = {
  none: { right: [], wrong: [] },
  text: {
    right: [
      ['Été 𝄞', 'Été 𝄞'],
      [' ', ' '],
    ],
    wrong: [5, true, {}, ['a']],
  },
  scalar: {
    right: [
      ['a', 'a'],
      [0.5, '0.5'],
      [1e-7, '0.0000001'],
    ],
    wrong: [true, {}, ['a']],
  },
  integer: {
    right: [
      [5, '5'],
      [-3, '-3'],
      [0, '0'],
    ],
    wrong: [1.5, '5', true, {}],
  },
  number: {
    right: [
      [1.5, '1.5'],
      [-0.25, '-0.25'],
      [7, '7'],
    ],
    wrong: ['1.5', true, [1]],
  },
  date: {
    right: [
      ['2026-01-31', '2026-01-31'],
      ['2024-02-29', '2024-02-29'],
      ['2000-02-29', '2000-02-29'],
    ],
    wrong: [
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-1-1',
      '31/01/2026',
      '2026-01-31T10:00',
      5,
    ],
  },
  time: {
    right: [
      ['09:30', '09:30'],
      ['23:59:59', '23:59:59'],
      ['09:30:00.500+00:00', '09:30:00.500+00:00'],
      ['00:00Z', '00:00Z'],
    ],
    wrong: ['24:00', '9:30', '09:60', '09:30+25:00', 930],
  },
  dateTime: {
    right: [
      ['2026-01-31T09:30', '2026-01-31T09:30'],
      ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z'],
      ['2026-01-31T09:30:00-01:00', '2026-01-31T09:30:00-01:00'],
    ],
    wrong: ['2026-02-30T09:30', '2026-01-31 09:30', '2026-01-31', '2026-01-31T25:00'],
  },
  code: { right: [['a', 'a']], wrong: [1, ['a'], { a: 1 }] },
  codes: {
    right: [
      [['a'], 'a'],
      [['b', 'a'], 'b a'],
    ],
    wrong: ['a', [1], [''], [['a']], { 0: 'a' }],
  },
  geopoint: {
    right: [
      [point, '14.7 -17.4 0.0 0.0'],
      [{ ...point, altitude: 12.5, accuracy: 4 }, '14.7 -17.4 12.5 4.0'],
      [{ lat: -90, lon: 180 }, '-90.0 180.0 0.0 0.0'],
    ],
    wrong: [
      { lat: 91, lon: 0 },
      { lat: 0, lon: 181 },
      { lat: 1 },
      { ...point, accuracy: -1 },
      { ...point, name: 'x' },
      '14.7 -17.4',
      [14.7, -17.4],
      { lat: '1', lon: '2' },
    ],
  },
  geotrace: {
    right: [[[point, { lat: 14.8, lon: -17.4 }], '14.7 -17.4 0.0 0.0;14.8 -17.4 0.0 0.0']],
    wrong: [[point], point, [point, { lat: 100, lon: 0 }]],
  },
  geoshape: {
    right: [
      [square, '14.7 -17.4 0.0 0.0;14.8 -17.4 0.0 0.0;14.8 -17.3 0.0 0.0;14.7 -17.4 0.0 0.0'],
    ],
    wrong: [square.slice(0, 3), [point, point], [...square.slice(0, 3), { lat: 0, lon: 0 }]],
  },
  acknowledge: { right: [['OK', 'OK']], wrong: ['ok', true, 'yes'] },
  attachment: {
    right: [
      [file, 'photo du site.jpg'],
      [{ file: 'a.jpg' }, 'a.jpg'],
    ],
    wrong: [
      { ...file, file: '../secret' },
      { ...file, file: '..' },
      { ...file, file: 'a/b' },
      { ...file, sha256: 'abc' },
      { ...file, bytes: -1 },
      { ...file, bytes: 1.5 },
      { ...file, type: 'jpeg' },
      { ...file, extra: 1 },
      'photo.jpg',
      { file: 'a.jpg', bytes: 1 },
      { file: 'a.jpg', sha256: file.sha256, bytes: 1 },
      { file: 'a.jpg', type: 'image/jpeg' },
      { bytes: 1 },
    ],
  },
};

describe.each(questionTypes)('a question of type $type', (row) => {
  const { right, wrong } = samples[row.shape];
  const model = modelOf({
    survey: [
      {
        type: row.choices !== 'none' ? `${row.type} l` : row.type,
        name: 'a',
        ...(row.type === 'calculate' ? { calculation: '.' } : {}),
        parameters: 'start=-10 end=10 step=0.25',
      },
      { type: 'calculate', name: 'read', calculation: 'string(${a})' },
    ],
    choices: list('l', 'a', 'b'),
  });

  it('is found under each of its names, however they are written', () => {
    for (const alias of [plainType(row.type), ...row.aliases]) {
      for (const written of [alias, alias.toUpperCase(), alias.replaceAll(' ', '_')]) {
        const cell = row.choices !== 'none' ? `${written} My_list` : ` ${written} `;
        expect(readType(cell)).toEqual({
          kind: 'question',
          row,
          list: row.choices !== 'none' ? 'My_list' : '',
          source: 'choices',
          orOther: false,
        });
      }
    }
    expect(typeRow(row.type)).toBe(row);
  });

  it.each(right)('takes %j', (answer, text) => {
    const { answers, errors, warnings } = validated(model, { a: answer });
    expect([told(errors), told(warnings)]).toEqual([[], []]);
    expect(answers).toEqual({ a: answer, read: text });
    expect(answerShapes[row.shape].text(answer)).toBe(text);
  });

  it.each(wrong)('refuses %j, unless it computes its answer itself', (answer) => {
    const { answers, errors } = validated(model, { a: answer });
    expect(told(errors)).toEqual(row.answeredBy === 'server' ? [] : ['/a wrong-type']);
    expect(answers).toEqual({});
  });

  it('finds in a text the answer that reads as that text', () => {
    for (const [answer, text] of right) {
      const shape = answerShapes[row.shape];
      const parsed = shape.parse(text);
      if (parsed !== undefined) expect(shape.text(parsed)).toBe(text);
      else expect(['attachment', 'none'], JSON.stringify(answer)).toContain(row.shape);
    }
  });
});

describe('a type cell', () => {
  it.each([
    ['select_one regions or_other', 'regions', true],
    ['Select one from  Ma_liste', 'Ma_liste', false],
    ['select all that apply from l or specify other', 'l', true],
    ['select1 l', 'l', false],
  ])('names a list: %s', (cell, listName, orOther) => {
    expect(readType(cell)).toMatchObject({ list: listName, orOther });
  });

  it.each([
    ['begin group', 'begin', 'group'],
    ['BEGIN_REPEAT', 'begin', 'repeat'],
    ['end  repeat', 'end', 'repeat'],
    ['end_group', 'end', 'group'],
  ])('opens or closes a block: %s', (cell, kind, block) => {
    expect(readType(cell)).toEqual({ kind, block });
  });

  it.each([
    ['select_one_from_file régions.csv', 'select_one', 'régions.csv', 'file'],
    ['Select multiple from file a.geojson', 'select_multiple', 'a.geojson', 'file'],
    ['select_one_external My_list', 'select_one', 'My_list', 'external'],
    ['select one external l', 'select_one', 'l', 'external'],
    ['select_one l', 'select_one', 'l', 'choices'],
    ['rank ${name}', 'rank', '${name}', 'choices'],
  ])('says where its choices come from: %s', (cell, type, listName, source) => {
    expect(readType(cell)).toMatchObject({ row: { type }, list: listName, source });
  });

  it.each(['csv', 'xml'])('may name a file for expressions: %s-external', (extension) => {
    expect(readType(`${extension}-external`)).toEqual({ kind: 'data', extension });
  });

  it.each([
    '',
    'texte',
    'select_oneregions',
    'integer l',
    'select_one_fromfile a.csv',
    'csv-externe',
    'toString',
  ])('may be none: "%s"', (cell) => {
    expect(readType(cell)).toBeUndefined();
  });

  it('tells the end of the survey from the end of a group', () => {
    expect(readType('end')).toMatchObject({ row: { type: 'end' } });
  });
});

import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../../shared/form/definition.ts';
import { compileSource, list, modelOf } from '../../../../support/form-source.ts';

const q = (type: string, name: string, more: Row = {}): Row => ({
  type,
  name,
  label: name,
  visibility: 'public',
  ...more,
});
const calculate = (name: string, calculation: string): Row => q('calculate', name, { calculation });

const texts = (...survey: Row[]): readonly string[] =>
  modelOf({ survey, choices: list('l', 'x') })
    .questions.filter(({ freeText }) => freeText)
    .map(({ name }) => name);

describe('free text', () => {
  it.each([
    'text',
    'barcode',
    'hidden',
    'username',
    'email',
    'phonenumber',
    'deviceid',
    'image',
    'audio',
    'video',
    'file',
  ])('is what %s takes', (type) => {
    expect(texts(q(type, 'a'))).toEqual(['a']);
  });

  it.each(['integer', 'decimal', 'date', 'time', 'dateTime', 'select_one l', 'geopoint', 'start'])(
    'is not what %s takes',
    (type) => {
      expect(texts(q(type, 'a'))).toEqual([]);
    },
  );

  it('is the text beside a choice, and a choice of other answers', () => {
    expect(texts(q('select_one l or_other', 'a'))).toEqual(['a_other']);
    const repeated = [{ type: 'begin_repeat', name: 'r' }, q('text', 'b'), { type: 'end_repeat' }];
    expect(texts(...repeated, q('select_one ${b}', 'c'))).toEqual(['b', 'c']);
  });

  it.each<[string, Row[], string[]]>([
    ['a text', [calculate('b', '${a}')], ['b']],
    ['a number', [calculate('b', '${n} + 1')], []],
    ['one of both', [calculate('b', "if(${n} > 1, ${a}, 'x')")], ['b']],
    ['a calculation of a text', [calculate('c', '${b}'), calculate('b', '${a}')], ['c', 'b']],
    ['a group with a text', [calculate('b', 'string(${g})')], ['b']],
    ['a number of a group with a text', [calculate('b', 'sum(/data/g/m)')], []],
    ['whatever stands there', [calculate('b', 'string(/data/*)')], ['b']],
    ['all that stands around', [calculate('b', 'string(..)')], ['b']],
    ['a neighbour', [calculate('b', '../n')], []],
    ['who holds the phone', [calculate('b', "property('username')")], ['b']],
    ['a text, by default', [q('select_one l', 'b', { default: '${a}' })], ['b']],
    ['an earlier text, by default', [q('integer', 'b', { default: '${last-saved#a}' })], ['b']],
    ['a text, only when it is asked', [q('integer', 'b', { relevant: "${a} != ''" })], []],
  ])('is what is computed from %s', (_, rows, expected) => {
    const group = [
      { type: 'begin_group', name: 'g' },
      q('text', 'h'),
      q('integer', 'm'),
      { type: 'end_group' },
    ];
    const found = texts(q('text', 'a'), q('integer', 'n'), ...group, ...rows);
    expect(found.filter((name) => !['a', 'h'].includes(name))).toEqual(expected);
  });

  it('is found in a chain of any length, in whatever order', () => {
    const length = 5_000;
    const chain = Array.from({ length }, (_, index) =>
      calculate(`c${index}`, index === length - 1 ? '${a}' : `\${c${index + 1}}`),
    );
    expect(texts(...chain, q('text', 'a'))).toHaveLength(length + 1);
  });
});

describe('a free text that the form publishes twice', () => {
  const told = (row: Row, settings: Row = {}) => {
    const { errors, warnings, asStored } = compileSource({
      survey: [q('text', 'a', row)],
      settings,
    });
    const codes = [...errors, ...warnings].map(({ code }) => code);
    return { codes, public: asStored.questions.some(({ reviewText }) => reviewText) };
  };
  const yes = { review_text: 'yes' };

  it.each<[string, Row, Row, readonly string[], boolean]>([
    ['once only', {}, {}, ['text-not-public'], false],
    ['and reads', yes, {}, [], true],
    ['and nobody reads', yes, { review: 'none' }, ['text-not-reviewed'], false],
    ['and the coordinator wrote', yes, { review: 'none', audience: 'coordinator' }, [], true],
    ['to members', { visibility: 'members' }, {}, [], false],
  ])('%s', (_, row, settings, codes, isPublic) => {
    expect(told(row, settings)).toEqual({ codes, public: isPublic });
  });
});

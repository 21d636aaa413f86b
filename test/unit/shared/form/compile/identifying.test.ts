import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../../shared/form/definition.ts';
import {
  identifyingPaths,
  sensitivePaths,
} from '../../../../../shared/form/compile/identifying.ts';
import { modelOf } from '../../../../support/form-source.ts';

const q = (type: string, name: string, more: Row = {}): Row => ({ type, name, ...more });
const calculate = (name: string, calculation: string): Row => q('calculate', name, { calculation });
const group = (name: string, rows: readonly Row[], more: Row = {}): Row[] => [
  { type: 'begin_group', name, ...more },
  ...rows,
  { type: 'end_group' },
];
const repeat = (name: string, rows: readonly Row[], more: Row = {}): Row[] => [
  { type: 'begin_repeat', name, ...more },
  ...rows,
  { type: 'end_repeat' },
];
const marked = { quasi_identifier: 'yes' };
const age = q('integer', 'age', marked);
const form = (...survey: readonly Row[]) =>
  modelOf({
    survey,
    choices: [
      { list_name: 'l', name: 'x', region: 'r' },
      { list_name: 'l', name: 'y', region: 's' },
    ],
  });

/** Why each is one, for short. */
const why = (...survey: readonly Row[]): Record<string, string> =>
  Object.fromEntries(
    [...identifyingPaths([form(...survey)])].map(([path, reason]) => [
      path,
      reason.of === undefined ? reason.why : `${reason.why} ${reason.of}`,
    ]),
  );

describe('the quasi-identifiers of a form', () => {
  it('are none where no question is marked, whatever there is', () => {
    expect(why(q('geopoint', 'p'), ...repeat('r', [q('integer', 'n')]))).toEqual({});
  });

  it('are what the form marks', () => {
    expect(why(age, q('integer', 'n'))).toEqual({ age: 'marked' });
  });

  it.each(['geopoint', 'geotrace', 'geoshape', 'start-geopoint'])(
    'are places of every precision: %s',
    (type) => {
      expect(why(age, q(type, 'p'), q(type, 'e', { precision: 'exact' }))).toEqual({
        age: 'marked',
        p: 'place',
        e: 'place',
      });
    },
  );

  it('are the numbers of rows of repeats, in repeats too', () => {
    const inner = repeat('inner', [q('integer', 'n')]);
    expect(why(age, ...repeat('outer', inner))).toEqual({
      age: 'marked',
      outer: 'rows',
      'outer/inner': 'rows',
    });
  });

  it.each<[string, Row[]]>([
    ['a calculation', [calculate('b', '${age} div 10')]],
    ['a calculation by a relative path', [calculate('b', '../age div 10')]],
    ['a calculation by an absolute path', [calculate('b', '/data/age + 1')]],
    ['a calculation of all there is', [calculate('b', 'string(/data)')]],
    ['a calculation of all that stands around', [calculate('b', 'string(..)')]],
    ['a calculation of all that stands around, in other words', [calculate('b', 'string(../.)')]],
    ['a calculation of each that there is', [calculate('b', 'max(/data/*)')]],
    ['a calculation of each neighbour', [calculate('b', 'max(../*)')]],
    [
      'a calculation from a list',
      [calculate('b', "instance('l')/root/item[name = ${age}]/region")],
    ],
    ['a calculation by a filter', [calculate('b', 'count(/data[age > 17])')]],
    ['a default', [q('text', 'b', { default: '${age}' })]],
    ['an earlier answer', [q('text', 'b', { default: '${last-saved#age}' })]],
    ['its relevance', [q('text', 'b', { relevant: '${age} > 17' })]],
    ['what makes it required', [q('text', 'b', { required: '${age} > 17' })]],
    ['a constraint', [q('integer', 'b', { constraint: '. < ${age}' })]],
    ['its label', [q('text', 'b', { label: 'At ${age}, who?' })]],
    ['its hint', [q('text', 'b', { hint: 'You are ${age}' })]],
    ['a choice filter', [q('select_one l', 'b', { choice_filter: 'region = ${age}' })]],
    [
      'a choice filter by a path',
      [q('select_one l', 'b', { choice_filter: 'region = current()/../age' })],
    ],
    ['what triggers it', [{ ...calculate('b', 'now()'), trigger: '${age}' }]],
  ])('are what depends on one by %s', (_, rows) => {
    expect(why(age, ...rows)).toEqual({ age: 'marked', b: 'depends age' });
  });

  it.each<[string, Row]>([
    ['another question', calculate('b', '${n} + 1')],
    [
      'a list that has a column of that name',
      q('select_one l', 'b', { choice_filter: "age = '1'" }),
    ],
    ['a text that only looks like one', calculate('b', "concat('${n}', '../age', '//')")],
  ])('are not what depends on %s', (_, row) => {
    const survey = [age, q('integer', 'n'), row];
    const choices = [{ list_name: 'l', name: 'x', age: '1' }];
    expect([...identifyingPaths([modelOf({ survey, choices })]).keys()]).toEqual(['age']);
  });

  it('are what depends on one through others, hidden ones too', () => {
    const chain = [calculate('c', '${h} * 2'), q('hidden', 'h', { default: '${b}' })];
    expect(why(age, ...chain, calculate('b', '${age}'))).toEqual({
      age: 'marked',
      b: 'depends age',
      h: 'depends age',
      c: 'depends age',
    });
  });

  it('are what stands in groups and repeats that are there because of one', () => {
    const inner = group('g', [q('text', 'b')]);
    const adults = { relevant: '${age} > 17' };
    expect(why(age, ...group('adult', [...inner, q('text', 'c')], adults))).toEqual({
      age: 'marked',
      'adult/g/b': 'depends age',
      'adult/c': 'depends age',
    });
    expect(why(age, ...repeat('r', [q('text', 'b')], adults), q('text', 'o'))).toEqual({
      age: 'marked',
      r: 'rows',
      'r/b': 'depends age',
    });
  });

  it.each<[string, Row[]]>([
    ['how many there are', [calculate('b', 'count(${r})')]],
    ['how many there are of a path', [calculate('b', 'count(../r)')]],
    ['how many of its answers there are', [calculate('b', 'count(/data/r/n)')]],
    ['a sum', [calculate('b', 'sum(${n})')]],
    ['a sum of an answer computed in it', [calculate('b', 'sum(${one})')]],
    ['a row by its number', [calculate('b', 'indexed-repeat(${n}, ${r}, 2)')]],
    ['whether there is any', [q('text', 'b', { relevant: 'count(${r}) > 0' })]],
    ['the choice of a row', [q('select_one ${n}', 'b')]],
    ['its label', [q('text', 'b', { label: 'You have ${n}' })]],
  ])('are what reads a repeat from outside: %s', (_, rows) => {
    const inside = [q('text', 'n'), calculate('one', '1')];
    expect(why(age, ...repeat('r', inside), ...rows)).toEqual({
      age: 'marked',
      r: 'rows',
      b: 'depends r',
    });
  });

  it.each<[string, Row[], string[]]>([
    ['which row it is', [calculate('b', 'position(..)')], ['r/b']],
    ['which row it is, from a group', group('g', [calculate('b', 'position(../..)')]), ['r/g/b']],
    ['all rows', [calculate('b', 'sum(../../r/n)')], ['r/b']],
    ['how many rows there are', [calculate('b', 'count(${r})')], ['r/b']],
    ['some rows', [calculate('b', 'count(/data/r[n > 1])')], ['r/b']],
    ['an answer of its own row', [calculate('b', '${n} + 1')], []],
    ['the same by a relative path', [calculate('b', '../n + 1')], []],
    ['the same by an absolute path', [calculate('b', '/data/r/n + 1')], []],
    ['an answer outside', [calculate('b', '../../o + ${o}')], []],
  ])('are of what stands in a repeat what reads %s', (_, rows, expected) => {
    const survey = [age, q('integer', 'o'), ...repeat('r', [q('integer', 'n'), ...rows])];
    expect(Object.keys(why(...survey))).toEqual(['age', 'r', ...expected]);
  });

  it('are what reads an inner repeat from the outer one', () => {
    const inner = repeat('inner', [q('integer', 'n'), calculate('c', '${n} + ${m}')]);
    const outer = repeat('outer', [q('integer', 'm'), ...inner, calculate('b', 'sum(${n})')]);
    expect(why(age, ...outer)).toEqual({
      age: 'marked',
      outer: 'rows',
      'outer/inner': 'rows',
      'outer/b': 'depends outer/inner',
    });
  });

  it.each<[string, Row[]]>([
    ['its calculation', [{ ...calculate('m', '${b} + 1'), ...marked }]],
    ['its choice filter', [q('select_one l', 'm', { choice_filter: 'region = ${b}', ...marked })]],
    ['its default', [q('integer', 'm', { default: '${b} + 0', ...marked })]],
  ])('are what a marked question is computed from by %s', (_, rows) => {
    expect(why(q('integer', 'b'), ...rows)).toEqual({ m: 'marked', b: 'determines m' });
  });

  it('are what a marked question is computed from through other calculations', () => {
    const chain = [calculate('days', 'today() - ${born}'), calculate('years', '${days} div 365')];
    const band = { ...calculate('band', '${years} div 10'), ...marked };
    expect(why(q('date', 'born'), ...chain, band)).toEqual({
      band: 'marked',
      born: 'determines band',
      days: 'determines band',
      years: 'determines band',
    });
  });

  it('are what the number of a repeat’s rows is computed from', () => {
    const rows = repeat('r', [q('text', 'n')], { repeat_count: '${size}' });
    expect(why(age, q('integer', 'size'), ...rows)).toEqual({
      age: 'marked',
      r: 'rows',
      size: 'determines r',
    });
  });

  it('are not what a question that only depends on one is computed from', () => {
    expect(why(age, q('integer', 'n'), calculate('b', '${age} + ${n}'))).toEqual({
      age: 'marked',
      b: 'depends age',
    });
  });

  it('are what depends on what determines one', () => {
    const years = { ...calculate('years', '${born}'), ...marked };
    const survey = [q('date', 'born'), years, calculate('month', '${born}')];
    expect(why(...survey)).toMatchObject({ born: 'determines years', month: 'depends born' });
  });

  it('are not notes, which have no answer', () => {
    expect(why(age, q('note', 'b', { label: 'You are ${age}' }))).toEqual({ age: 'marked' });
  });

  it('are those of all versions', () => {
    const one = form(age, calculate('b', '${age}'));
    const two = form(q('integer', 'age'), q('integer', 'b'), calculate('c', '${b}'));
    const three = form(q('integer', 'age'), q('geopoint', 'p'));
    expect([...identifyingPaths([three, two, one]).keys()].sort()).toEqual(['age', 'b', 'c', 'p']);
    expect(identifyingPaths([two, three]).size).toBe(0);
  });

  it('are found in a chain of any length, and in a form that reads all from everywhere', () => {
    const length = 3_000;
    const chain = Array.from({ length }, (_, index) =>
      calculate(`c${index}`, index === length - 1 ? '${age}' : `\${c${index + 1}}`),
    );
    expect(Object.keys(why(...chain, age))).toHaveLength(length + 1);
    const all = Array.from({ length }, (_, index) =>
      q('text', `t${index}`, { relevant: 'count(/data/*[. = 1]) > 0' }),
    );
    expect(Object.keys(why(...all, age))).toHaveLength(length + 1);
  });
});

describe('the sensitive questions of a form', () => {
  const yes = { sensitive: 'yes' };
  const found = (...survey: readonly Row[]) =>
    Object.fromEntries(sensitivePaths([form(...survey)]));

  it('are those that are marked, with their l', () => {
    expect(found(q('text', 'a', yes), q('text', 'b', { sensitive: 4 }), q('text', 'c'))).toEqual({
      a: 2,
      b: 4,
    });
    expect(found(q('text', 'a'))).toEqual({});
  });

  it('are those that are computed from one, or asked because of one, with the highest l', () => {
    const survey = [
      q('text', 'a', yes),
      q('text', 'b', { sensitive: 3 }),
      calculate('c', 'concat(${a}, ${b})'),
      q('text', 'd', { relevant: "${a} = 'x'" }),
      ...group('g', [q('text', 'e')], { relevant: "${c} != ''" }),
      q('text', 'f', { label: 'As you said ${a}' }),
    ];
    expect(found(...survey)).toEqual({ b: 3, c: 3, 'g/e': 3, a: 2, d: 2 });
  });

  it('are not those that only count the rows in which one stands', () => {
    const rows = repeat('r', [q('text', 'a', yes)]);
    const counts = [calculate('n', 'count(${r})'), calculate('all', "join(' ', ${a})")];
    expect(found(...rows, ...counts)).toEqual({ 'r/a': 2, all: 2 });
  });

  it('have the highest l of all versions', () => {
    const [one, two] = [2, 5].map((sensitive) => form(q('text', 'a', { sensitive })));
    if (one === undefined || two === undefined) throw new Error('No forms.');
    expect([...sensitivePaths([one, two, form(q('text', 'a'))])]).toEqual([['a', 5]]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EdmType, EdmValue } from '../../../../../shared/dataset/odata/edm-value.ts';
import type { Entity } from '../../../../../shared/dataset/odata/feed-properties.ts';
import { noSuchProperty } from '../../../../../shared/dataset/odata/odata-fault.ts';
import { parseFilter } from '../../../../../shared/dataset/odata/parse-filter.ts';
import { Fault } from '../../../../../shared/fault.ts';
import { own, type JsonObject } from '../../../../../shared/json.ts';

const types: ReadonlyMap<string, EdmType> = new Map([
  ['s', 'Edm.String'],
  ['été', 'Edm.String'],
  ['i', 'Edm.Int64'],
  ['d', 'Edm.Double'],
  ['b', 'Edm.Boolean'],
  ['day', 'Edm.Date'],
  ['t', 'Edm.TimeOfDay'],
  ['at', 'Edm.DateTimeOffset'],
  ['place', 'Edm.GeographyPoint'],
]);

const now = new Date('2026-05-01T12:00:00Z');

function filterOf(text: string) {
  return parseFilter(text, {
    option: '$filter',
    now,
    property: ([name = '', ...rest], at) => {
      const type = types.get(name);
      if (type === undefined || rest.length > 0) throw noSuchProperty('$filter', name, at + 1);
      const of = ({ row }: Entity): EdmValue => {
        const value = own(row, name);
        return value === undefined || typeof value === 'object' ? null : value;
      };
      return { type, constant: false, at, of };
    },
  });
}

const entityOf = (row: JsonObject): Entity => ({
  id: '',
  index: 0,
  record: {},
  parent: undefined,
  row,
});
const holds = (text: string, row: JsonObject = {}) => filterOf(text).of(entityOf(row));

const row = {
  s: "L'été",
  été: 'chaud',
  i: 12,
  d: -1.5,
  b: true,
  day: '2026-01-31',
  t: '10:30:00.500',
  at: '2026-01-31T23:30:00.500-01:00',
};

describe('$filter', () => {
  it.each([
    ["s eq 'L''été'", true],
    ["été ne 'froid'", true],
    ['i gt 11 and i lt 13', true],
    ['i ge 12 and i le 11.5', false],
    ['i eq 12.0', true],
    ['d eq -1.5', true],
    ['d lt -1', true],
    ['d eq -15e-1', true],
    ['b', true],
    ['not b', false],
    ['b eq true and not (b eq false)', true],
    ['true or b', true],
    ['i eq null', false],
    ['null eq null', true],
    ['null ne i', true],
    ['place eq null', true],
    ['day eq 2026-01-31', true],
    ['day lt 2026-02-01', true],
    ['day lt 2026-01-31T00:00:00.001Z', true],
    ['t eq 10:30:00.5', true],
    ['t gt 10:30', true],
    ['at eq 2026-02-01T00:30:00.5Z', true],
    ['at eq 2026-02-01T01:30:00.5+01:00', true],
    ['at eq 2026-02-01T01:30:00.5 01:00', true],
    ['at gt 2026-02-01', true],
    ['at lt now()', true],
    ["contains(s,'été') and startswith(s,'L') and endswith(s,'é')", true],
    ["contains(tolower(s),'l''')", true],
    ["toupper(été) eq 'CHAUD'", true],
    ['length(s) eq 5', true],
    ["indexof(s,'été') eq 2", true],
    ["substring(s,2) eq 'été' and substring(s,2,1) eq 'é'", true],
    ["concat(concat(s,' '),été) eq 'L''été chaud'", true],
    ["trim('  a ') eq 'a'", true],
    ['year(day) eq 2026 and month(day) eq 1 and day(day) eq 31', true],
    ['year(at) eq 2026 and hour(at) eq 23 and minute(at) eq 30 and second(at) eq 0', true],
    ['hour(t) eq 10 and date(at) eq 2026-01-31 and time(at) eq 23:30:00.5', true],
    ['round(d) eq -2 and floor(d) eq -2 and ceiling(d) eq -1', true],
    ['i add 3 eq 15 and i sub 3 eq 9 and i mul 2 eq 24', true],
    ['i div 5 eq 2 and i mod 5 eq 2 and i div 5.0 eq 2.4', true],
    ['i div 0 eq null', true],
    ['-i eq -12 and - i lt 0', true],
    ['i add 2 mul 3 eq 18 and (i add 2) mul 3 eq 42', true],
    ['false and true or true', true],
    ['false and (true or true)', false],
    ['\ti\teq  12 ', true],
    ['((((i eq 12))))', true],
  ])('%s is %s of a row', (text, expected) => {
    expect(holds(text, row)).toBe(expected);
  });

  it.each([
    ['i gt 1', false],
    ['i lt 1', false],
    ['i ge null', false],
    ['i eq 1', false],
    ['i ne 1', true],
    ['i eq null', true],
    ['not (i gt 1)', true],
    ["contains(s,'a')", null],
    ["not contains(s,'a')", null],
    ["contains(s,'a') or true", true],
    ["contains(s,'a') and true", null],
    ["contains(s,'a') and false", false],
    ['i add 1 gt 0', false],
    ['length(s) eq null', true],
    ['b', null],
  ])('%s is %s where nothing was answered', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  it.each(
    [
      ['', 1],
      ['i', 1],
      ["i eq 'a'", 6],
      ['s gt 1', 6],
      ['b lt true', 6],
      ['i eq', 5],
      ['i eq 1 and', 11],
      ['i eq 1 i', 8],
      ['(i eq 1', 8],
      ['i eq 1)', 7],
      ["s eq 'a", 6],
      ['nothing eq 1', 1],
      ['i/x eq 1', 1],
      ['i / 1', 5],
      ['__proto__ eq 1', 1],
      ['constructor eq 1', 1],
      ['i eq 1;drop', 7],
      ['i eq "a"', 6],
      ['i = 1', 3],
      ['i eq 12a', 6],
      ['i eq 0x10', 6],
      ['day eq 2026-02-30', 8],
      ['at eq 2026-01-01T10:00', 7],
      ['length(i) eq 1', 8],
      ['length() eq 1', 1],
      ['length(s,s) eq 1', 1],
      ['not i', 5],
      ['s add 1 eq 1', 1],
      ['contains(s', 11],
      ['place eq place', 10],
    ].filter(([text]) => text !== 'i in (1,2') as [string, number][],
  )('%s cannot be read: it says at which character', (text, position) => {
    const fault = faultOf(text);
    expect(fault.code).toBe('malformed-request');
    expect(fault.extra['position']).toBe(position);
    expect(fault.errors[0]?.message.fr).toContain(`caractère ${position} :`);
  });

  it.each([
    'i in (1,2)',
    "s has 'x'",
    'cast(i,Edm.String) eq s',
    "geo.distance(place,geography'POINT(0 0)') lt 1",
    'sites/any(x:x/i eq 1)',
    'nothing(i)',
    "matchesPattern(s,'(a+)+$')",
  ])('%s is more than it does', (text) => {
    expect(faultOf(text).code).toBe('not-implemented');
  });

  it.each([
    ['parentheses', `${'('.repeat(8000)}i eq 1${')'.repeat(8000)}`],
    ['parentheses without an end', '('.repeat(1_000_000)],
    ['negations', `${'not '.repeat(4000)}b`],
    ['minus signs', `${'- '.repeat(8000)}i eq 1`],
    ['functions', `${'tolower('.repeat(2000)}s${')'.repeat(2000)} eq 'a'`],
    ['a megabyte', `s eq '${'a'.repeat(1_000_000)}'`],
    ['a megabyte of conditions', 'i eq 1 or '.repeat(100_000) + 'b'],
    ['quotes', "'".repeat(16_001)],
    ['a long number', '9'.repeat(16_000)],
  ])('refuses too much: %s', (_, text) => {
    expect(faultOf(text).code).toBe('malformed-request');
  });

  it.each([
    ['conditions', `${'i eq 1 or '.repeat(1500)}i eq 12`],
    ['sums', `i${' add 0'.repeat(2500)} eq 12`],
    ['a long text', `s ne '${'a'.repeat(16_000)}'`],
  ])('reads as much as an address may hold: %s', (_, text) => {
    expect(holds(text, row)).toBe(true);
  });

  it('reads anything or refuses it', () => {
    const word = fc.constantFrom(
      'i',
      's',
      'eq',
      'and',
      'not',
      '(',
      ')',
      "'",
      '1',
      '-',
      '/',
      ',',
      'T',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((all) => all.join(' ')),
        ),
        (text) => {
          try {
            filterOf(text);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function faultOf(text: string): Fault {
  try {
    filterOf(text);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${text} was read.`);
}

/** An expression as text, and what it is of a row, told by other means: unknown is undefined. */
interface Told {
  readonly text: string;
  readonly of: (row: JsonObject) => EdmValue;
}

const texts = fc.constantFrom('', 'a', "a'b", 'été', 'A', 'z z', '%', 'null');
const whole = fc.integer({ min: -20, max: 20 });
const days = fc.constantFrom('2025-12-31', '2026-01-01', '2026-02-28');
const moments = fc.constantFrom(
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-01-02T00:00:00.5Z',
);
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const constant = (text: string, value: EdmValue): Told => ({ text, of: () => value });
const property = (name: string): Told => ({
  text: name,
  of: (row) => {
    const value = row[name];
    return value === undefined || typeof value === 'object' ? null : value;
  },
});

const strings: fc.Arbitrary<Told> = fc.oneof(
  fc.constant(property('s')),
  fc.constant(property('été')),
  texts.map((text) => constant(quote(text), text)),
  fc.constantFrom('s', 'été').map((name): Told => ({
    text: `toupper(${name})`,
    of: (row) => {
      const value = property(name).of(row);
      return value === null ? null : String(value).toUpperCase();
    },
  })),
);
const numbers: fc.Arbitrary<Told> = fc.letrec<{ number: Told }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small' },
    fc.constant(property('i')),
    whole.map((value) => constant(String(value), value)),
    fc.constant<Told>({
      text: 'length(s)',
      of: ({ s }) => (typeof s === 'string' ? s.length : null),
    }),
    fc
      .tuple(tie('number'), fc.constantFrom('add', 'sub', 'mul'), tie('number'))
      .map(([one, operator, other]): Told => ({
        text: `(${one.text} ${operator} ${other.text})`,
        of: (row) => {
          const [left, right] = [one.of(row), other.of(row)];
          if (typeof left !== 'number' || typeof right !== 'number') return null;
          const results = { add: left + right, sub: left - right, mul: left * right };
          return results[operator];
        },
      })),
  ),
})).number;
const dates: fc.Arbitrary<Told> = fc.oneof(
  fc.constant(property('day')),
  days.map((day) => constant(day, day)),
);
const instants: fc.Arbitrary<Told> = fc.oneof(
  fc.constant<Told>({
    text: 'at',
    of: ({ at }) => (typeof at === 'string' ? Date.parse(at) : null),
  }),
  moments.map((moment) => constant(moment, Date.parse(moment))),
);

const operators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
function compared(operator: (typeof operators)[number], left: EdmValue, right: EdmValue): boolean {
  if (operator === 'eq') return Object.is(left, right) || left === right;
  if (operator === 'ne') return !compared('eq', left, right);
  if (left === null || right === null) return false;
  const order = left === right ? 0 : left < right ? -1 : 1;
  return { gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[operator];
}

const comparisons: fc.Arbitrary<Told> = fc
  .tuple(
    fc.oneof(...[strings, numbers, dates, instants].map((one) => fc.tuple(one, one))),
    fc.constantFrom(...operators),
  )
  .map(([[one, other], operator]): Told => ({
    text: `${one.text} ${operator} ${other.text}`,
    of: (row) => compared(operator, one.of(row), other.of(row)),
  }));

const conditions: fc.Arbitrary<Told> = fc.letrec<{ condition: Told }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    comparisons,
    fc.constant(property('b')),
    fc.tuple(strings, strings).map(([one, other]): Told => ({
      text: `contains(${one.text},${other.text})`,
      of: (row) => {
        const [left, right] = [one.of(row), other.of(row)];
        return left === null || right === null ? null : String(left).includes(String(right));
      },
    })),
    tie('condition').map(({ text, of }): Told => ({
      text: `not (${text})`,
      of: (row) => {
        const value = of(row);
        return value === null ? null : value !== true;
      },
    })),
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map(([one, operator, other]): Told => ({
        text: `(${one.text}) ${operator} (${other.text})`,
        of: (row) => {
          // Kleene's tables: false is 0, unknown ½, true 1; `and` is the least, `or` the most.
          const ranks = [one.of(row), other.of(row)].map((value) =>
            value === null ? 0.5 : value === true ? 1 : 0,
          );
          const rank = operator === 'and' ? Math.min(...ranks) : Math.max(...ranks);
          return rank === 0.5 ? null : rank === 1;
        },
      })),
  ),
})).condition;

const rows: fc.Arbitrary<JsonObject> = fc.record(
  { s: texts, été: texts, i: whole, b: fc.boolean(), day: days, at: moments },
  { requiredKeys: [] },
);

describe('any filter', () => {
  it('says of any row what another reading of it says', () => {
    fc.assert(
      fc.property(
        conditions,
        fc.array(rows, { minLength: 1, maxLength: 8 }),
        ({ text, of }, some) => {
          const filter = filterOf(text);
          for (const row of some) expect(filter.of(entityOf(row)), text).toBe(of(row));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

import type { Bilingual } from '../../text.ts';
import { clockOf, instantOf, type EdmType, type EdmValue } from './edm-value.ts';
import type { Entity } from './feed-properties.ts';

/** What an expression gives: a type of OData, or nothing but null. */
export type ExpressionType = EdmType | 'null';

/** A part of `$filter` or `$orderby`, ready to be evaluated for any row. */
export interface Expression {
  readonly type: ExpressionType;
  /** The same for every row. */
  readonly constant: boolean;
  /** Where it begins in the option's text, from 0. */
  readonly at: number;
  readonly of: (entity: Entity) => EdmValue;
}

/** Makes the error for operands of a wrong type: `at` as in `Expression`. */
type Wrong = (message: Bilingual, at: number) => Error;

export function constant(type: ExpressionType, value: EdmValue, at: number): Expression {
  return { type, constant: true, at, of: () => value };
}

/** An operator between two expressions. */
interface BinaryOperator {
  /** A higher one binds tighter. */
  readonly precedence: number;
  readonly join: (one: Expression, other: Expression, wrong: Wrong) => Expression;
}

/** What `<` compares: the value, or a form of it that has one text or number for one meaning. */
type Rank = string | number | boolean | null;

function isNumeric(type: ExpressionType): boolean {
  return type === 'Edm.Int64' || type === 'Edm.Double';
}

export function requireCondition(one: Expression, wrong: Wrong): Expression {
  if (one.type === 'Edm.Boolean' || one.type === 'null') return one;
  throw wrong({ fr: 'il faut ici une condition.', en: 'a condition is needed here.' }, one.at);
}

function requireNumber(one: Expression, wrong: Wrong): Expression {
  if (isNumeric(one.type) || one.type === 'null') return one;
  throw wrong({ fr: 'il faut ici un nombre.', en: 'a number is needed here.' }, one.at);
}

/** `and` and `or` of conditions, of which some may be unknown: null. */
function junction(precedence: number, decisive: boolean): BinaryOperator {
  return {
    precedence,
    join: (one, other, wrong) => {
      const { of: left } = requireCondition(one, wrong);
      const { of: right } = requireCondition(other, wrong);
      return {
        type: 'Edm.Boolean',
        constant: false,
        at: one.at,
        of: (entity) => {
          const first = left(entity);
          if (first === decisive) return decisive;
          const second = right(entity);
          if (second === decisive) return decisive;
          return first === null || second === null ? null : !decisive;
        },
      };
    },
  };
}

/** Types whose values can be compared with each other. */
function familyOf(type: ExpressionType): string {
  if (isNumeric(type)) return 'number';
  return type === 'Edm.Date' || type === 'Edm.DateTimeOffset' ? 'moment' : type;
}

function isComparable(equality: boolean, one: ExpressionType, other: ExpressionType): boolean {
  if (one === 'null' || other === 'null') return true;
  if (familyOf(one) !== familyOf(other) || one === 'Edm.GeographyPoint') return false;
  return equality || one !== 'Edm.Boolean';
}

/**
 * A comparison (OData 4.0 part 2, 5.1.1.1): null equals null and nothing else, and is neither greater
 * nor smaller than anything.
 */
function comparison(
  name: string,
  compare: (one: Exclude<Rank, null>, other: Exclude<Rank, null>) => boolean,
): BinaryOperator {
  const equality = name === 'eq' || name === 'ne';
  return {
    precedence: 3,
    join: (one, other, wrong) => {
      if (!isComparable(equality, one.type, other.type)) {
        const message = {
          fr: `${one.type} et ${other.type} ne se comparent pas par ${name}.`,
          en: `${one.type} and ${other.type} do not compare by ${name}.`,
        };
        throw wrong(message, other.at);
      }
      const [left, right] = [ranked(one, other.type), ranked(other, one.type)];
      return {
        type: 'Edm.Boolean',
        constant: one.constant && other.constant,
        at: one.at,
        of: (entity) => {
          const [first, second] = [left(entity), right(entity)];
          if (first !== null && second !== null) return compare(first, second);
          return equality && (first === second) === (name === 'eq');
        },
      };
    },
  };
}

/** A day that is compared with a moment is the one at which it begins, UTC. */
const beginningOf = (day: string): Rank => instantOf(`${day}T00:00:00Z`);

function ranked(
  { type, constant, of }: Expression,
  other: ExpressionType,
): (entity: Entity) => Rank {
  let make: ((value: string) => Rank) | undefined;
  if (type === 'Edm.DateTimeOffset') make = instantOf;
  if (type === 'Edm.TimeOfDay') make = clockOf;
  if (type === 'Edm.Date' && other === 'Edm.DateTimeOffset') make = beginningOf;
  if (make === undefined) return of;
  const rank = (value: EdmValue): Rank => (typeof value === 'string' ? make(value) : null);
  if (!constant) return (entity) => rank(of(entity));
  let known: Rank | undefined;
  return (entity) => (known ??= rank(of(entity)));
}

/** How the values of an expression rank among themselves, for `$orderby`. */
export function rankOf(expression: Expression): (entity: Entity) => Rank {
  return ranked(expression, expression.type);
}

/** With null for an operand, or nothing to divide by, the result is null. */
function arithmetic(
  precedence: number,
  calculate: (one: number, other: number) => number,
): BinaryOperator {
  return {
    precedence,
    join: (one, other, wrong) => {
      const { of: left } = requireNumber(one, wrong);
      const { of: right } = requireNumber(other, wrong);
      const whole = one.type !== 'Edm.Double' && other.type !== 'Edm.Double';
      return {
        type: whole ? 'Edm.Int64' : 'Edm.Double',
        constant: one.constant && other.constant,
        at: one.at,
        of: (entity) => {
          const [first, second] = [left(entity), right(entity)];
          if (typeof first !== 'number' || typeof second !== 'number') return null;
          const result = calculate(first, second);
          if (!Number.isFinite(result)) return null;
          return whole ? Math.trunc(result) : result;
        },
      };
    },
  };
}

const subtraction = arithmetic(4, (one, other) => one - other);

/** Every operator between two expressions by name: adding a row is enough. */
export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ['or', junction(1, true)],
  ['and', junction(2, false)],
  ['eq', comparison('eq', (one, other) => one === other)],
  ['ne', comparison('ne', (one, other) => one !== other)],
  ['gt', comparison('gt', (one, other) => one > other)],
  ['ge', comparison('ge', (one, other) => one >= other)],
  ['lt', comparison('lt', (one, other) => one < other)],
  ['le', comparison('le', (one, other) => one <= other)],
  ['add', arithmetic(4, (one, other) => one + other)],
  ['sub', subtraction],
  ['mul', arithmetic(5, (one, other) => one * other)],
  ['div', arithmetic(5, (one, other) => one / other)],
  ['mod', arithmetic(5, (one, other) => one % other)],
]);

export function negation(inner: Expression, at: number, wrong: Wrong): Expression {
  const { of } = requireCondition(inner, wrong);
  return {
    type: 'Edm.Boolean',
    constant: inner.constant,
    at,
    of: (entity) => {
      const value = of(entity);
      return typeof value === 'boolean' ? !value : null;
    },
  };
}

export function minus(inner: Expression, at: number, wrong: Wrong): Expression {
  return subtraction.join(constant('Edm.Int64', 0, at), inner, wrong);
}

/** One function that expressions may call. With null for an argument it gives null. */
interface ExpressionFunction {
  /** The types that each argument may have. */
  readonly takes: readonly (readonly EdmType[])[];
  /** How many of the last ones may be left out. */
  readonly optional?: number;
  readonly gives: EdmType;
  readonly apply: (...values: readonly Exclude<EdmValue, null>[]) => EdmValue;
}

const text: readonly EdmType[] = ['Edm.String'];
const number: readonly EdmType[] = ['Edm.Int64', 'Edm.Double'];
const day: readonly EdmType[] = ['Edm.Date', 'Edm.DateTimeOffset'];
const clock: readonly EdmType[] = ['Edm.TimeOfDay', 'Edm.DateTimeOffset'];

const ofText = (
  gives: EdmType,
  apply: (one: string, other: string) => EdmValue,
  takes = [text],
): ExpressionFunction => ({
  takes,
  gives,
  apply: (one, other) => apply(String(one), String(other)),
});
const ofTexts = (
  gives: EdmType,
  apply: (one: string, other: string) => EdmValue,
): ExpressionFunction => ofText(gives, apply, [text, text]);
const rounded = (apply: (one: number) => number): ExpressionFunction => ({
  takes: [number],
  gives: 'Edm.Double',
  apply: (one) => apply(Number(one)),
});
/** A part of a date or time, as it is written: that of a moment is in the moment's own zone. */
const part = (
  takes: readonly EdmType[],
  read: (date: string, time: string) => string,
): ExpressionFunction => ({
  takes: [takes],
  gives: 'Edm.Int64',
  apply: (value) => {
    const [date = '', time = date] = String(value).split('T');
    return Number(read(date, time));
  },
});

/** Every function by name (OData 4.0 part 2, 5.1.1.5 and on): adding a row is enough. */
const functions: ReadonlyMap<string, ExpressionFunction> = new Map(
  Object.entries<ExpressionFunction>({
    contains: ofTexts('Edm.Boolean', (one, other) => one.includes(other)),
    startswith: ofTexts('Edm.Boolean', (one, other) => one.startsWith(other)),
    endswith: ofTexts('Edm.Boolean', (one, other) => one.endsWith(other)),
    indexof: ofTexts('Edm.Int64', (one, other) => one.indexOf(other)),
    concat: ofTexts('Edm.String', (one, other) => one + other),
    tolower: ofText('Edm.String', (one) => one.toLowerCase()),
    toupper: ofText('Edm.String', (one) => one.toUpperCase()),
    trim: ofText('Edm.String', (one) => one.trim()),
    length: ofText('Edm.Int64', (one) => one.length),
    substring: {
      takes: [text, ['Edm.Int64'], ['Edm.Int64']],
      optional: 1,
      gives: 'Edm.String',
      apply: (one = '', from = 0, length = Infinity) => {
        const begins = Math.max(0, Number(from));
        return String(one).slice(begins, begins + Math.max(0, Number(length)));
      },
    },
    year: part(day, (date) => date.slice(0, 4)),
    month: part(day, (date) => date.slice(5, 7)),
    day: part(day, (date) => date.slice(8, 10)),
    hour: part(clock, (_, time) => time.slice(0, 2)),
    minute: part(clock, (_, time) => time.slice(3, 5)),
    second: part(clock, (_, time) => time.slice(6, 8)),
    date: { takes: [day], gives: 'Edm.Date', apply: (one) => String(one).slice(0, 10) },
    time: {
      takes: [['Edm.DateTimeOffset']],
      gives: 'Edm.TimeOfDay',
      apply: (one) => String(one).slice(11).split(/[Z+-]/, 1)[0] ?? null,
    },
    // OData rounds halves away from zero.
    round: rounded((value) => Math.sign(value) * Math.round(Math.abs(value))),
    floor: rounded(Math.floor),
    ceiling: rounded(Math.ceil),
  }),
);

type Call = (args: readonly Expression[], at: number, wrong: Wrong) => Expression;

/** Makes calls of a function; undefined: there is no such function here. */
export function functionNamed(name: string): Call | undefined {
  const known = functions.get(name);
  return known && ((args, at, wrong) => callOf(name, known, args, at, wrong));
}

function callOf(
  name: string,
  { takes, optional = 0, gives, apply }: ExpressionFunction,
  args: readonly Expression[],
  at: number,
  wrong: Wrong,
): Expression {
  if (args.length > takes.length || args.length < takes.length - optional) {
    const most = takes.length;
    throw wrong(
      { fr: `${name} prend ${most} argument(s).`, en: `${name} takes ${most} argument(s).` },
      at,
    );
  }
  for (const [index, { type, at: begins }] of args.entries()) {
    const types = takes[index] ?? [];
    if (type === 'null' || types.includes(type)) continue;
    const wanted = types.join(', ');
    throw wrong(
      { fr: `${name} prend ici ${wanted}.`, en: `${name} takes ${wanted} here.` },
      begins,
    );
  }
  return {
    type: gives,
    constant: args.every((arg) => arg.constant),
    at,
    of: (entity) => {
      const values = args.map((arg) => arg.of(entity));
      return values.every((value) => value !== null) ? apply(...values) : null;
    },
  };
}

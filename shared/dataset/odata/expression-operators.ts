import { clockOf, instantOf, type EdmValue } from './edm-value.ts';
import type { Entity } from './entity.ts';
import { isNumeric, type Expression, type ExpressionType } from './expression.ts';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'mod';

/** Types whose values can be compared with each other. */
function familyOf(type: ExpressionType): string {
  if (isNumeric(type)) return 'number';
  return type === 'Edm.Date' || type === 'Edm.DateTimeOffset' ? 'moment' : type;
}

/** Where a value stands in the order of its type: what `<` compares. */
type Rank = string | number | boolean | null;

/** What makes one rank of the values of a type that may be written in several ways; undefined: they rank as they are. */
const ranking: Readonly<Record<ExpressionType, ((value: string) => Rank) | undefined>> = {
  'Edm.DateTimeOffset': instantOf,
  'Edm.TimeOfDay': clockOf,
  ...{ 'Edm.String': undefined, 'Edm.Int64': undefined, 'Edm.Double': undefined },
  ...{ 'Edm.Boolean': undefined, 'Edm.Date': undefined, 'Edm.GeographyPoint': undefined },
  null: undefined,
};

/** A day that is compared with a moment is the one at which it begins, UTC. */
const beginning = (day: string): Rank => instantOf(`${day}T00:00:00Z`);

function ranked(
  { type, constant, of }: Expression,
  other: ExpressionType,
): (entity: Entity) => Rank {
  const isDay = type === 'Edm.Date' && other === 'Edm.DateTimeOffset';
  const make = isDay ? beginning : ranking[type];
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

/**
 * A comparison (OData 4.0 part 2, 5.1.1.1): null equals null and nothing else, and is neither greater
 * nor smaller than anything. Undefined: the two types do not compare.
 */
export function comparison(
  operator: Comparison,
  one: Expression,
  other: Expression,
): Expression | undefined {
  const types = [one.type, other.type];
  const equality = operator === 'eq' || operator === 'ne';
  if (!types.includes('null')) {
    if (familyOf(one.type) !== familyOf(other.type)) return undefined;
    if (types.includes('Edm.GeographyPoint')) return undefined;
    if (!equality && one.type === 'Edm.Boolean') return undefined;
  }
  const [left, right] = [ranked(one, other.type), ranked(other, one.type)];
  const compare = comparisons[operator];
  return {
    type: 'Edm.Boolean',
    constant: one.constant && other.constant,
    at: one.at,
    of: (entity) => compare(left(entity), right(entity)),
  };
}

const comparisons: Readonly<Record<Comparison, (one: Rank, other: Rank) => boolean>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  gt: (one, other) => one !== null && other !== null && one > other,
  ge: (one, other) => one !== null && other !== null && one >= other,
  lt: (one, other) => one !== null && other !== null && one < other,
  le: (one, other) => one !== null && other !== null && one <= other,
};

/** `and` and `or` of truths, of which some may be unknown: null. */
export function junction(operator: 'and' | 'or', parts: readonly Expression[]): Expression {
  const decisive = operator === 'or';
  return {
    type: 'Edm.Boolean',
    constant: false,
    at: parts[0]?.at ?? 0,
    of: (entity) => {
      let result: boolean | null = !decisive;
      for (const part of parts) {
        const value = part.of(entity);
        if (value === decisive) return decisive;
        if (value === null) result = null;
      }
      return result;
    },
  };
}

export function negation(inner: Expression, at: number): Expression {
  return {
    type: 'Edm.Boolean',
    constant: inner.constant,
    at,
    of: (entity) => {
      const value = inner.of(entity);
      return typeof value === 'boolean' ? !value : null;
    },
  };
}

/** With null for an operand, or nothing to divide by, the result is null. */
export function arithmetic(operator: Arithmetic, one: Expression, other: Expression): Expression {
  const whole = one.type !== 'Edm.Double' && other.type !== 'Edm.Double';
  const calculate = calculations[operator];
  return {
    type: whole ? 'Edm.Int64' : 'Edm.Double',
    constant: one.constant && other.constant,
    at: one.at,
    of: (entity) => {
      const [left, right] = [one.of(entity), other.of(entity)];
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      const result = calculate(left, right);
      if (!Number.isFinite(result)) return null;
      return whole ? Math.trunc(result) : result;
    },
  };
}

const calculations: Readonly<Record<Arithmetic, (one: number, other: number) => number>> = {
  add: (one, other) => one + other,
  sub: (one, other) => one - other,
  mul: (one, other) => one * other,
  div: (one, other) => one / other,
  mod: (one, other) => one % other,
};

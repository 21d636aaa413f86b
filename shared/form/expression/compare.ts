import { isNodes, textToNumber, toBoolean, toNumber, toText } from './convert.ts';
import type { XPathValue } from './expression.ts';

export type Relation = '<' | '<=' | '>' | '>=';

/** As near as JavaRosa takes two numbers for one, so that 0.1 + 0.2 = 0.3 on every client. */
const tolerance = 1e-12;

function numbersEqual(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) < tolerance;
}

export function relate(relation: Relation, a: number, b: number): boolean {
  switch (relation) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/**
 * `=` (equal) or `!=` (not equal) of XPath 1.0 §3.4. A node-set compares by any of its nodes, so
 * that both `=` and `!=` may hold of one set, and neither does of an empty one. Two texts compare as
 * texts, dates too; a date against a number compares by its days.
 */
export function compareEqual(
  a: XPathValue,
  b: XPathValue,
  equal: boolean,
  utcOffsetMinutes: number,
): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') {
    return (toBoolean(a) === toBoolean(b)) === equal;
  }
  if (isNodes(a) && isNodes(b)) return anyPair(textsOf(a), textsOf(b), equal);
  if (typeof a === 'number' || typeof b === 'number') {
    const others = numbersOf(b, utcOffsetMinutes);
    return numbersOf(a, utcOffsetMinutes).some((one) =>
      others.some((other) => numbersEqual(one, other) === equal),
    );
  }
  return textsOf(a).some((one) => textsOf(b).some((other) => (one === other) === equal));
}

/** Whether two node-sets share a text, or have two different ones, in linear time. */
function anyPair(a: readonly string[], b: readonly string[], equal: boolean): boolean {
  const others = new Set(b);
  if (equal) return a.some((one) => others.has(one));
  return others.size > 1 ? a.length > 0 : a.some((one) => others.size === 1 && !others.has(one));
}

/** `<`, `<=`, `>` or `>=` of XPath 1.0 §3.4: by numbers, of a node-set by any of its nodes. */
export function compareOrder(
  relation: Relation,
  a: XPathValue,
  b: XPathValue,
  utcOffsetMinutes: number,
): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') {
    const [left = a, right = b] = [a, b].map((one) => (isNodes(one) ? toBoolean(one) : one));
    return relate(relation, toNumber(left, utcOffsetMinutes), toNumber(right, utcOffsetMinutes));
  }
  const upwards = relation === '<' || relation === '<=';
  return relate(
    relation,
    extreme(numbersOf(a, utcOffsetMinutes), upwards ? -1 : 1),
    extreme(numbersOf(b, utcOffsetMinutes), upwards ? 1 : -1),
  );
}

/** The smallest (-1) or greatest (1) number, those that are none left out; NaN if none is. */
function extreme(values: readonly number[], direction: 1 | -1): number {
  let best = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(best) || (value - best) * direction > 0) best = value;
  }
  return best;
}

function textsOf(value: XPathValue): readonly string[] {
  return isNodes(value) ? value.map((node) => node.text()) : [toText(value)];
}

function numbersOf(value: XPathValue, utcOffsetMinutes: number): readonly number[] {
  return isNodes(value)
    ? value.map((node) => textToNumber(node.text(), utcOffsetMinutes))
    : [toNumber(value, utcOffsetMinutes)];
}

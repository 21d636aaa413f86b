import { numberCode, truthCode, type Code } from './code.ts';
import { compareEqual, compareOrder, relate, type Relation } from './compare.ts';
import type { XPathValue } from './expression.ts';
import type { BinaryOperator } from './syntax.ts';

interface Link {
  readonly operator: BinaryOperator;
  readonly operand: Code;
}

/**
 * Compiles a run of operators of one level, applied from the left. A loop runs over the links, so
 * that a run of thousands costs no stack; the usual run of one has its own short way.
 */
export function compileChain(first: Code, rest: readonly Link[]): Code {
  const [link] = rest;
  if (link === undefined) return first;
  switch (link.operator) {
    case 'or':
      return truthCode((f) => first.truth(f) || rest.some(({ operand }) => operand.truth(f)));
    case 'and':
      return rest.length === 1
        ? truthCode((frame) => first.truth(frame) && link.operand.truth(frame))
        : truthCode((f) => first.truth(f) && rest.every(({ operand }) => operand.truth(f)));
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileComparison(first, link, rest);
    case '+':
    case '-':
    case '*':
    case 'div':
    case 'mod':
      return compileArithmetic(first, link, rest);
  }
}

function compileComparison(first: Code, link: Link, rest: readonly Link[]): Code {
  const { operator, operand } = link;
  if (rest.length === 1 && isRelation(operator) && isOneNumber(first) && isOneNumber(operand)) {
    return truthCode((frame) => relate(operator, first.number(frame), operand.number(frame)));
  }
  return truthCode((frame) => {
    const offset = frame.context.utcOffsetMinutes;
    let value: XPathValue = first.value(frame);
    for (const { operator: one, operand: other } of rest) {
      const right = other.value(frame);
      value = isRelation(one)
        ? compareOrder(one, value, right, offset)
        : compareEqual(value, right, one === '=', offset);
    }
    return value === true;
  });
}

/** Whether `<` may take its one number: no node-set of several, no boolean that changes the other side. */
function isOneNumber(code: Code): boolean {
  return code.kind === 'number' || code.kind === 'text' || code.single === true;
}

function isRelation(operator: BinaryOperator): operator is Relation {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

function compileArithmetic(first: Code, link: Link, rest: readonly Link[]): Code {
  if (rest.length === 1) {
    const { operator, operand } = link;
    return numberCode((f) => calculate(operator, first.number(f), operand.number(f)));
  }
  return numberCode((frame) => {
    let value = first.number(frame);
    for (const { operator, operand } of rest) {
      value = calculate(operator, value, operand.number(frame));
    }
    return value;
  });
}

function calculate(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case 'div':
      return a / b;
    default:
      return a % b;
  }
}

import { nearName } from '../types/near-name.ts';
import { nodesCode, numberCode, textCode, type Code, truthCode } from './code.ts';
import { compilePath, requireNodes } from './compile-path.ts';
import { ExpressionError } from './expression-error.ts';
import type { FunctionRow } from './functions/function-row.ts';
import { functionTable, refusedFunctions } from './functions/function-table.ts';
import type { CallSyntax, Syntax, BinaryOperator } from './syntax.ts';
import { compareEqual, compareOrder, relate, type Relation } from './compare.ts';
import type { XPathValue } from './expression.ts';
import type { InstanceNode } from './evaluation-context.ts';

/** Makes an expression ready to run. Throws ExpressionError for what its grammar does not exclude. */
export function compile(syntax: Syntax): Code {
  switch (syntax.type) {
    case 'number': {
      const { value } = syntax;
      return numberCode(() => value);
    }
    case 'text': {
      const { value } = syntax;
      return textCode(() => value);
    }
    case 'chain':
      return compileChain(
        compile(syntax.first),
        syntax.rest.map(({ operator, operand }) => ({ operator, operand: compile(operand) })),
      );
    case 'minus': {
      const operand = compile(syntax.operand);
      const sign = syntax.times % 2 === 0 ? 1 : -1;
      return numberCode((frame) => sign * operand.number(frame));
    }
    case 'union': {
      const parts = syntax.parts.map((part) => {
        const code = compile(part);
        requireNodes(code, part.offset);
        return code;
      });
      return nodesCode((frame) => inDocumentOrder(parts.flatMap((part) => part.nodes(frame))));
    }
    case 'path':
      return compilePath(syntax, compile);
    case 'call':
      return compileCall(syntax);
  }
}

function compileCall(call: CallSyntax): Code {
  const row = functionTable.get(call.name);
  if (row === undefined) throw unknownFunction(call);
  const count = call.arguments.length;
  if (count < row.least || count > row.most || (count - row.least) % (row.by ?? 1) !== 0) {
    throw wrongCount(call, row);
  }
  return row.compile(call.arguments.map(compile), call);
}

function unknownFunction(call: CallSyntax): ExpressionError {
  const refused = refusedFunctions.get(call.name);
  if (refused !== undefined) {
    return new ExpressionError('unsupported', call.offset, refused.fr, refused.en);
  }
  const near = nearName(call.name, functionTable.keys(), call.name.length < 5 ? 1 : 2);
  return new ExpressionError(
    'unknown-function',
    call.offset,
    `Fonction inconnue : ${call.name}(). ${near === undefined ? 'Prenez-en une de XLSForm, comme if() ou selected().' : `Vouliez-vous dire ${near}() ?`}`,
    `Unknown function: ${call.name}(). ${near === undefined ? "Take one of XLSForm's, such as if() or selected()." : `Did you mean ${near}()?`}`,
  );
}

function wrongCount(call: CallSyntax, row: FunctionRow): ExpressionError {
  const { least, most } = row;
  const allowed = { fr: String(least), en: String(least) };
  if (most === Infinity) {
    allowed.fr = `au moins ${least}`;
    allowed.en = `at least ${least}`;
  } else if (row.by !== undefined) {
    const counts = [];
    for (let count = least; count <= most; count += row.by) counts.push(count);
    allowed.fr = counts.join(', ');
    allowed.en = allowed.fr;
  } else if (most > least) {
    allowed.fr = `de ${least} à ${most}`;
    allowed.en = `${least} to ${most}`;
  }
  const count = call.arguments.length;
  return new ExpressionError(
    'wrong-arguments',
    call.offset,
    `${call.name}() : ${count} argument(s) au lieu de ${allowed.fr} : corrigez ce qui est entre les parenthèses, séparé par des virgules.`,
    `${call.name}(): ${count} argument(s) instead of ${allowed.en}: correct what is in the parentheses, parted by commas.`,
  );
}

interface Link {
  readonly operator: BinaryOperator;
  readonly operand: Code;
}

/**
 * Compiles a run of operators of one level, applied from the left. A loop runs over the links, so
 * that a run of thousands costs no stack; the usual run of one has its own short way.
 */
function compileChain(first: Code, rest: readonly Link[]): Code {
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

/** The nodes without doubles, in the order in which the record holds them. */
function inDocumentOrder(nodes: readonly InstanceNode[]): readonly InstanceNode[] {
  const distinct = [...new Set(nodes)];
  if (distinct.length < 2) return distinct;
  const ranks = new Map<InstanceNode, Map<InstanceNode, number>>();
  const placed = distinct.map((node) => ({ node, place: placeOf(node, ranks) }));
  placed.sort((a, b) => comparePlaces(a.place, b.place));
  return placed.map(({ node }) => node);
}

/** Ranks among siblings, from the root down. Sibling ranks are counted once per parent. */
function placeOf(
  node: InstanceNode,
  ranks: Map<InstanceNode, Map<InstanceNode, number>>,
): readonly number[] {
  const place: number[] = [];
  for (let at = node, up = at.parent; up !== undefined; at = up, up = at.parent) {
    let siblings = ranks.get(up);
    if (siblings === undefined) {
      siblings = new Map(up.children().map((child, rank) => [child, rank]));
      ranks.set(up, siblings);
    }
    place.unshift(siblings.get(at) ?? 0);
  }
  return place;
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (const [level, rank] of a.entries()) {
    const other = b[level];
    if (other === undefined) return 1;
    if (rank !== other) return rank - other;
  }
  return a.length - b.length;
}

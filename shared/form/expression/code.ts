import { numberToText } from '../types/number-text.ts';
import { isNodes, nodesToBoolean, textToNumber, toBoolean, toNumber, toText } from './convert.ts';
import { ExpressionError } from './expression-error.ts';
import type { XPathValue } from './expression.ts';
import type { EvaluationContext, InstanceNode } from './evaluation-context.ts';

/** What one evaluation knows at one place of the expression. */
export interface Frame {
  readonly context: EvaluationContext;
  /** The node that `.` means here: the context's, or the one that a predicate is asked about. */
  readonly node: InstanceNode;
  /** position() and last() in a predicate; outside, undefined. */
  readonly place: { readonly position: number; readonly size: number } | undefined;
  readonly budget: Budget;
}

/** What an evaluation may still do, shared by all its frames. */
export interface Budget {
  /** Predicates left to evaluate: nested ones multiply, and a form must not stall a server. */
  predicates: number;
}

/** About 0.2 s of work: more than a list of a whole country asks for, less than a server stalls by. */
export const maxPredicates = 200_000;
const maxTextLength = 1_000_000;

type Kind = 'number' | 'text' | 'boolean' | 'nodes' | 'any';

/** A part of an expression made ready to run: its value, or the same converted without a detour. */
export interface Code {
  /** What `value` is known to be before anything is evaluated; `any`: it depends. */
  readonly kind: Kind;
  /** A node-set that always has exactly one node, as `.` has. */
  readonly single?: true;
  readonly value: (frame: Frame) => XPathValue;
  readonly number: (frame: Frame) => number;
  readonly text: (frame: Frame) => string;
  readonly truth: (frame: Frame) => boolean;
  /** Its nodes; none if it turns out to be no node-set. */
  readonly nodes: (frame: Frame) => readonly InstanceNode[];
}

const none: readonly InstanceNode[] = [];
const noNodes = (): readonly InstanceNode[] => none;

export function numberCode(number: (frame: Frame) => number): Code {
  return {
    kind: 'number',
    value: number,
    number,
    text: (frame) => numberToText(number(frame)),
    truth: (frame) => toBoolean(number(frame)),
    nodes: noNodes,
  };
}

export function textCode(text: (frame: Frame) => string): Code {
  return {
    kind: 'text',
    value: text,
    number: (frame) => textToNumber(text(frame), frame.context.utcOffsetMinutes),
    text,
    truth: (frame) => text(frame) !== '',
    nodes: noNodes,
  };
}

export function truthCode(truth: (frame: Frame) => boolean): Code {
  return {
    kind: 'boolean',
    value: truth,
    number: (frame) => (truth(frame) ? 1 : 0),
    text: (frame) => (truth(frame) ? 'true' : 'false'),
    truth,
    nodes: noNodes,
  };
}

export function nodesCode(nodes: (frame: Frame) => readonly InstanceNode[]): Code {
  const text = (frame: Frame): string => nodes(frame)[0]?.text() ?? '';
  return {
    kind: 'nodes',
    value: nodes,
    number: (frame) => textToNumber(text(frame), frame.context.utcOffsetMinutes),
    text,
    truth: (frame) => nodesToBoolean(nodes(frame)),
    nodes,
  };
}

/** A node-set of exactly one node: spared the array wherever its text will do. */
export function singleNodeCode(node: (frame: Frame) => InstanceNode): Code {
  return {
    ...nodesCode((frame) => [node(frame)]),
    single: true,
    number: (frame) => textToNumber(node(frame).text(), frame.context.utcOffsetMinutes),
    text: (frame) => node(frame).text(),
  };
}

export function anyCode(value: (frame: Frame) => XPathValue): Code {
  return {
    kind: 'any',
    value,
    number: (frame) => toNumber(value(frame), frame.context.utcOffsetMinutes),
    text: (frame) => toText(value(frame)),
    truth: (frame) => toBoolean(value(frame)),
    nodes: (frame) => {
      const found = value(frame);
      return isNodes(found) ? found : none;
    },
  };
}

/** Texts of all nodes of a node-set, or the one text of anything else. */
export function textsOf(code: Code, frame: Frame): readonly string[] {
  const value = code.value(frame);
  return isNodes(value) ? value.map((node) => node.text()) : [toText(value)];
}

/** The text, or ExpressionError `too-costly`: nested join() could otherwise fill the memory. */
export function boundedText(parts: readonly string[], separator: string): string {
  let length = 0;
  for (const part of parts) length += part.length + separator.length;
  if (length <= maxTextLength) return parts.join(separator);
  throw tooCostly(
    `L’expression produit plus de ${maxTextLength} caractères.`,
    `The expression makes more than ${maxTextLength} characters.`,
  );
}

export function spendPredicate(budget: Budget): void {
  if (budget.predicates-- > 0) return;
  throw tooCostly('L’expression examine trop de lignes.', 'The expression examines too many rows.');
}

function tooCostly(fr: string, en: string): ExpressionError {
  return new ExpressionError('too-costly', 0, fr, en);
}

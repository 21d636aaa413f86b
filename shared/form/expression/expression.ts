import type { EvaluationContext, InstanceNode } from './instance.ts';

/** XPath 1.0's four types. */
export type XPathValue = string | number | boolean | readonly InstanceNode[];

/** An expression parsed once and checked: every function known, with as many arguments as it takes. */
export interface Expression {
  readonly source: string;
  /** Names in `${…}`, in order of first appearance. */
  readonly references: readonly string[];
  evaluate(context: EvaluationContext): XPathValue;
  /** The same, as XPath's boolean(), number() and string() would turn it. */
  evaluateBoolean(context: EvaluationContext): boolean;
  evaluateNumber(context: EvaluationContext): number;
  evaluateString(context: EvaluationContext): string;
}

import type { EvaluationContext, InstanceNode } from './evaluation-context.ts';

/**
 * What JavaRosa, which ODK Collect runs, makes otherwise than XPath 1.0 and we do, beside functions that
 * it lacks: measured on the corpus of expressions.
 */
export interface CollectLimits {
  /** It has no unions: it ends the form at `a | b`. */
  readonly hasUnion: boolean;
  /** It ends the form where `*` meets nodes of different names. */
  readonly hasStar: boolean;
  /** Dates in quotes beside `<`, `<=`, `>` or `>=`: no numbers for it, so that the comparison is false. */
  readonly textDates: readonly string[];
  /** Questions that `${…}` and absolute paths lead to where one value is needed: several nodes end the form there. */
  readonly single: readonly string[];
}

/** XPath 1.0's four types. */
export type XPathValue = string | number | boolean | readonly InstanceNode[];

/**
 * An expression parsed once and checked: every function known, with as many arguments as it takes.
 * Evaluating never throws, but for ExpressionError `too-costly`, which bounds the work and the
 * length of text that a hostile form can ask for.
 */
export interface Expression {
  readonly source: string;
  /** Names in `${…}`, in order of first appearance; those of `${last-saved#…}` excepted. */
  readonly references: readonly string[];
  /** Names in `${last-saved#…}`: always empty here, for a server knows no earlier record. */
  readonly lastSavedReferences: readonly string[];
  /** Every node name that a value here may come from, `*` for any: what must be computed first. */
  readonly dependsOn: ReadonlySet<string>;
  /**
   * First names of relative paths outside predicates, such as `region` in `region = ${region}`:
   * columns of the list in a choice filter, elsewhere most often a `${}` that was forgotten.
   */
  readonly bareNames: readonly string[];
  /** Lists named by a literal in `instance('…')` and `pulldata('…')`. */
  readonly lists: readonly string[];
  /** Functions that Fiche knows and ODK Collect does not: a form that uses them stays online. */
  readonly notInCollect: readonly string[];
  /** What else ODK Collect makes otherwise of it. */
  readonly collect: CollectLimits;
  evaluate(context: EvaluationContext): XPathValue;
  /** The same, as XPath's boolean(), number() and string() would turn it. */
  evaluateBoolean(context: EvaluationContext): boolean;
  evaluateNumber(context: EvaluationContext): number;
  evaluateString(context: EvaluationContext): string;
  /**
   * Whether a row of a choice list passes this choice filter: bare names are the row's columns
   * (`name` and the others), `${…}` and `current()` start from `context.node`.
   */
  matchesRow(context: EvaluationContext, row: ReadonlyMap<string, string>): boolean;
}

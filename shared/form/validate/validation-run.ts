import type { Expression } from '../expression/expression.ts';
import type { EvaluationContext, InstanceNode } from '../expression/evaluation-context.ts';
import type { AnswerIssues } from '../types/answer-issues.ts';
import type { Rows, ValidationPlan } from './validation-plan.ts';

/** What answers are validated against, beside the form. */
export interface RunContext {
  readonly now: Date;
  readonly uuid: () => string;
}

/** Nodes that one validation may look at in all, so that no answers stall the server. */
const maxLooks = 4_000_000;
/** Questions, answered or not, that one submission may span over all instances of its repeats. */
const maxNodes = 200_000;

class TooCostly extends Error {
  override readonly name = 'TooCostly';
}

/** One validation: evaluates expressions for its nodes and never lets an evaluation end it. */
export class ValidationRun {
  readonly plan: ValidationPlan;
  readonly issues: AnswerIssues;
  readonly context: RunContext;
  /** Set when the answers are too many to be examined: nothing is evaluated from then on. */
  exhausted = false;
  #looks = 0;
  #nodes = 0;
  #root: InstanceNode | undefined;

  constructor(plan: ValidationPlan, context: RunContext, issues: AnswerIssues) {
    this.plan = plan;
    this.context = context;
    this.issues = issues;
  }

  set root(root: InstanceNode) {
    this.#root = root;
  }

  /** Counts nodes looked at by expressions; throws when there have been too many. */
  look(count: number): void {
    this.#looks += count;
    if (this.#looks > maxLooks) {
      this.exhausted = true;
      throw new TooCostly();
    }
  }

  /** False when the answers span more questions than can be examined. */
  admit(nodes: number): boolean {
    this.#nodes += nodes;
    if (this.#nodes > maxNodes) this.exhausted = true;
    return !this.exhausted;
  }

  /** Asked anew after an evaluation, which may have set it. */
  isExhausted(): boolean {
    return this.exhausted;
  }

  truth(expression: Expression, node: InstanceNode, fallback: boolean, column: string): boolean {
    return this.attempt(fallback, node, column, (context) => expression.evaluateBoolean(context));
  }

  number(expression: Expression, node: InstanceNode, column: string): number {
    return this.attempt(Number.NaN, node, column, (context) => expression.evaluateNumber(context));
  }

  matches(filter: Expression, node: InstanceNode, row: ReadonlyMap<string, string>): boolean {
    return this.attempt(true, node, 'choice_filter', (context) => filter.matchesRow(context, row));
  }

  /** Any failure, a stack overflow too, is a failure of this one expression: the fallback stands in. */
  attempt<Result>(
    fallback: Result,
    node: InstanceNode,
    column: string,
    evaluate: (context: EvaluationContext) => Result,
  ): Result {
    if (this.exhausted) return fallback;
    try {
      return evaluate(new NodeContext(this, node, this.#root ?? node));
    } catch {
      if (!this.isExhausted()) this.issues.warn('evaluation-failed', pointerOf(node), column);
      return fallback;
    }
  }
}

/** Nodes of the answers know where they stand; others are places that a form has and answers have not. */
function pointerOf(node: InstanceNode): string {
  return 'pointer' in node && typeof node.pointer === 'string' ? node.pointer : '';
}

/** What an expression sees from one node. A class, because one is made for every evaluation. */
class NodeContext implements EvaluationContext {
  readonly node: InstanceNode;
  readonly root: InstanceNode;
  readonly utcOffsetMinutes = 0;
  readonly #run: ValidationRun;

  constructor(run: ValidationRun, node: InstanceNode, root: InstanceNode) {
    this.#run = run;
    this.node = node;
    this.root = root;
  }

  get now(): Date {
    return this.#run.context.now;
  }

  get language(): string {
    return this.#run.plan.model.settings.defaultLanguage;
  }

  get formVersion(): string {
    return this.#run.plan.model.version;
  }

  pathOf(name: string): readonly string[] | undefined {
    return this.#run.plan.paths.get(name);
  }

  uuid(): string {
    return this.#run.context.uuid();
  }

  choiceLabel(name: string, code: string): string {
    return this.#run.plan.choiceLabels.get(name)?.get(code) ?? '';
  }

  itemset(listName: string): Rows | undefined {
    return this.#run.plan.rowsOf(listName);
  }
}

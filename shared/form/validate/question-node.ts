import type { JsonValue } from '../../json.ts';
import { pointerStep } from '../types/answer-issues.ts';
import { maxTextLength } from '../types/answer-shapes.ts';
import type { Expression, XPathValue } from '../expression/expression.ts';
import { toText } from '../expression/convert.ts';
import type { InstanceNode } from '../expression/instance.ts';
import type { QuestionPlan } from './validation-plan.ts';
import type { ValidationRun } from './validation-run.ts';

/** How far the evaluation of a node has come: `running` again means that the form goes in a circle. */
export type Progress = 'todo' | 'running' | 'done';

const noNodes: readonly InstanceNode[] = [];

/** The node that holds another: not every InstanceNode knows where it stands and whether it counts. */
export interface HoldingNode extends InstanceNode {
  readonly pointer: string;
  isRelevant(): boolean;
}

/** Whether a node is relevant: its parent must be, and its own expression, if it has one, must hold. */
export function decideRelevance(
  run: ValidationRun,
  parent: HoldingNode,
  node: InstanceNode,
  relevant: Expression | undefined,
): boolean {
  if (!parent.isRelevant()) return false;
  return relevant === undefined || run.truth(relevant, node, true, 'relevant');
}

/**
 * One question of the filled form. Its relevance and its calculation are evaluated when they are first
 * asked for, so that every expression sees what it depends on already computed, in whatever order.
 */
export class QuestionNode implements InstanceNode {
  readonly kind = 'question';
  readonly plan: QuestionPlan;
  readonly parent: HoldingNode;
  /** Something was sent, of whatever shape. */
  sent = false;
  /** What was sent has not the shape of an answer, and has been kept aside. */
  misshapen = false;
  /** The answer: as sent, or as calculated. */
  value: JsonValue | undefined;
  readonly #run: ValidationRun;
  #relevance: Progress = 'todo';
  #relevant = true;
  #calculation: Progress = 'todo';

  constructor(plan: QuestionPlan, parent: HoldingNode, run: ValidationRun) {
    this.plan = plan;
    this.parent = parent;
    this.#run = run;
  }

  get name(): string {
    return this.plan.name;
  }

  get pointer(): string {
    return this.parent.pointer + pointerStep(this.plan.name);
  }

  get isNumber(): boolean {
    const { shapeName } = this.plan;
    return shapeName === 'integer' || shapeName === 'number';
  }

  isRelevant(): boolean {
    if (this.#relevance === 'todo') {
      this.#relevance = 'running';
      this.#relevant = decideRelevance(this.#run, this.parent, this, this.plan.relevant);
      this.#relevance = 'done';
    }
    return this.#relevant;
  }

  /** Does the question's calculation, if it has one and has not been done. */
  settle(): void {
    if (this.#calculation !== 'todo' || !this.isRelevant()) return;
    const { calculation, fallback } = this.plan;
    this.#calculation = 'running';
    if (calculation !== undefined) {
      this.value = this.#computed(calculation, 'calculation');
    } else if (this.value === undefined && fallback !== undefined) {
      this.value =
        typeof fallback === 'string'
          ? this.#answerOf(fallback)
          : this.#computed(fallback, 'default');
    }
    this.#calculation = 'done';
  }

  text(): string {
    this.#run.look(1);
    this.settle();
    return this.#ownText();
  }

  children(): readonly InstanceNode[] {
    return noNodes;
  }

  position(): number {
    return 1;
  }

  #ownText(): string {
    if (this.value === undefined || !this.isRelevant()) return '';
    return this.plan.shape.text(this.value);
  }

  #computed(expression: Expression, column: string): JsonValue | undefined {
    return this.#run.attempt<JsonValue | undefined>(undefined, this, column, (context) =>
      this.#answerOf(expression.evaluate(context)),
    );
  }

  /** A computed value as an answer of the question's type. */
  #answerOf(computed: XPathValue): JsonValue | undefined {
    const text = toText(computed);
    if (text === '' || text === 'NaN') return undefined;
    // What a calculation leaves as it was, as once() does, keeps its JSON type.
    if (this.value !== undefined && text === this.#ownText()) return this.value;
    const [node] = typeof computed === 'object' ? computed : [];
    const number = node instanceof QuestionNode ? node.value : computed;
    const { shape, shapeName } = this.plan;
    const clean = text.toWellFormed().replaceAll('\0', '');
    if (shapeName === 'none' || shapeName === 'scalar') {
      const exact = typeof number === 'number' && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
      if (exact) return number + 0;
    }
    const parsed = clean.length > maxTextLength ? undefined : shape.parse(clean);
    if (parsed === undefined) {
      this.#run.issues.warn('evaluation-failed', this.pointer, 'calculation');
    }
    return parsed;
  }
}

import type { JsonValue } from '../../json.ts';
import { pointerStep } from '../types/answer-issues.ts';
import { maxTextLength } from '../types/answer-shapes.ts';
import type { Expression, XPathValue } from '../expression/expression.ts';
import { toText } from '../expression/convert.ts';
import type { InstanceNode } from '../expression/evaluation-context.ts';
import type { QuestionPlan, BlockPlan, ValidationPlan } from './validation-plan.ts';
import type { ValidationRun } from './validation-run.ts';

/** How far the evaluation of a node has come: `running` again means that the form goes in a circle. */
type Progress = 'todo' | 'running' | 'done';

const noNodes: readonly InstanceNode[] = [];

/** The node that holds another: not every InstanceNode knows where it stands and whether it counts. */
interface HoldingNode extends InstanceNode {
  readonly pointer: string;
  isRelevant(): boolean;
}

/** Whether a node is relevant: its parent must be, and its own expression, if it has one, must hold. */
function decideRelevance(
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
  compute(): void {
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
    this.compute();
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

/** The form itself, a group, or one instance of a repeat. */
export class BlockNode implements HoldingNode {
  readonly kind: 'group' | 'repeat-instance';
  readonly plan: BlockPlan;
  readonly parent: BlockNode | undefined;
  /** Its children in the form's order; all instances of a repeat stand in one place. */
  readonly slots: (QuestionNode | BlockNode | RepeatNode)[] = [];
  /** Something other than an object was sent. */
  misshapen = false;
  /** The repeat whose instance this is. */
  readonly repeat: RepeatNode | undefined;
  readonly #index: number;
  readonly #run: ValidationRun;
  #relevance: Progress = 'todo';
  #relevant = true;

  constructor(
    plan: BlockPlan,
    parent: BlockNode | undefined,
    run: ValidationRun,
    instance?: { readonly repeat: RepeatNode; readonly index: number },
  ) {
    this.kind = instance === undefined ? 'group' : 'repeat-instance';
    this.plan = plan;
    this.parent = parent;
    this.repeat = instance?.repeat;
    this.#index = instance?.index ?? 0;
    this.#run = run;
  }

  /** The root of an XForm is called `data` unless it says otherwise. */
  get name(): string {
    return this.parent === undefined ? 'data' : this.plan.name;
  }

  get pointer(): string {
    if (this.repeat !== undefined) return `${this.repeat.pointer}/${this.#index}`;
    return this.parent === undefined ? '' : this.parent.pointer + pointerStep(this.plan.name);
  }

  isRelevant(): boolean {
    if (this.parent === undefined) return true;
    if (this.repeat !== undefined) return this.repeat.isRelevant();
    if (this.#relevance === 'todo') {
      this.#relevance = 'running';
      this.#relevant = decideRelevance(this.#run, this.parent, this, this.plan.relevant);
      this.#relevance = 'done';
    }
    return this.#relevant;
  }

  text(): string {
    return this.children()
      .map((child) => child.text())
      .join('');
  }

  children(name?: string): readonly InstanceNode[] {
    if (name === undefined) return this.slots.flatMap((slot) => this.#nodesIn(slot));
    const slot = this.plan.slots.get(name);
    const found = slot === undefined ? undefined : this.slots[slot];
    return found === undefined ? noNodes : this.#nodesIn(found);
  }

  position(): number {
    return this.#index + 1;
  }

  #nodesIn(slot: QuestionNode | BlockNode | RepeatNode): readonly InstanceNode[] {
    const nodes = slot instanceof RepeatNode ? slot.relevantInstances() : [slot];
    this.#run.look(nodes.length);
    return nodes;
  }
}

/** All instances of a repeat within one parent. Not itself a node: XPath sees its instances only. */
export class RepeatNode {
  readonly plan: BlockPlan;
  readonly parent: BlockNode;
  readonly instances: BlockNode[] = [];
  /** Something other than an array was sent. */
  misshapen = false;
  readonly #run: ValidationRun;
  #relevance: Progress = 'todo';
  #relevant = true;

  constructor(plan: BlockPlan, parent: BlockNode, run: ValidationRun) {
    this.plan = plan;
    this.parent = parent;
    this.#run = run;
  }

  get pointer(): string {
    return this.parent.pointer + pointerStep(this.plan.name);
  }

  isRelevant(): boolean {
    if (this.#relevance === 'todo') {
      this.#relevance = 'running';
      const place = new RepeatPlace(this);
      this.#relevant = decideRelevance(this.#run, this.parent, place, this.plan.relevant);
      this.#relevance = 'done';
    }
    return this.#relevant;
  }

  /** None if the repeat is not relevant: count() and sum() pass over what is not there. */
  relevantInstances(): readonly BlockNode[] {
    return this.isRelevant() ? this.instances : [];
  }

  /** How many instances `repeat_count` asks for; undefined if the form leaves it open. */
  wantedInstances(): number | undefined {
    if (this.plan.count === undefined) return undefined;
    const count = this.#run.number(this.plan.count, new RepeatPlace(this), 'repeat_count');
    return Number.isNaN(count) ? 0 : Math.max(0, Math.trunc(count));
  }
}

/** Where a repeat stands, whether it has instances or not: from here its own expressions look. */
class RepeatPlace implements InstanceNode {
  readonly kind = 'question';
  readonly name: string;
  readonly parent: BlockNode;
  readonly pointer: string;

  constructor(repeat: RepeatNode) {
    this.name = repeat.plan.name;
    this.parent = repeat.parent;
    this.pointer = repeat.pointer;
  }

  text(): string {
    return '';
  }

  children(): readonly InstanceNode[] {
    return noNodes;
  }

  position(): number {
    return 1;
  }
}

/**
 * Evaluates what answers calculate and when they count, each node in each of its instances. Nodes would
 * do it when first asked, but a long chain of calculations, each asking the next, would exhaust the stack.
 */
export function computeAnswers(root: BlockNode, plan: ValidationPlan): void {
  for (const slots of plan.order) computeBelow(root, slots, 0);
}

function computeBelow(block: BlockNode, slots: readonly number[], depth: number): void {
  const slot = slots[depth];
  const child = slot === undefined ? undefined : block.slots[slot];
  if (child instanceof QuestionNode) child.compute();
  else if (child instanceof RepeatNode) {
    if (!child.isRelevant() || depth + 1 >= slots.length) return;
    for (const instance of child.instances) computeBelow(instance, slots, depth + 1);
  } else if (child instanceof BlockNode && child.isRelevant())
    computeBelow(child, slots, depth + 1);
}

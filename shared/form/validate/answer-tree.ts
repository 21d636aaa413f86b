import { pointerStep } from '../types/answer-issues.ts';
import type { InstanceNode } from '../expression/instance.ts';
import type { QuestionNode } from './question-node.ts';
import { decideRelevance, type HoldingNode, type Progress } from './question-node.ts';
import type { BlockPlan } from './validation-plan.ts';
import type { ValidationRun } from './validation-run.ts';

const noNodes: readonly InstanceNode[] = [];

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

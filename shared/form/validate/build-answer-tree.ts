import { isJsonObject, type JsonValue, own, type JsonObject } from '../../json.ts';
import { pointerStep, type AnswerIssues } from '../types/answer-issues.ts';
import { maxTextLength } from '../types/answer-shapes.ts';
import { BlockNode, RepeatNode, QuestionNode } from './answer-tree.ts';
import { shapeWords } from '../types/answer-messages.ts';
import { memberOf, type BlockPlan, type ValidationPlan } from './validation-plan.ts';
import type { ValidationRun } from './validation-run.ts';

const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Values below a question never need more levels. */
const maxDepth = 16;

/** What is wrong with a text, whatever it says: undefined if nothing is. */
function textError(text: string): 'bad-text' | 'text-too-long' | undefined {
  if (text.length > maxTextLength) return 'text-too-long';
  return !text.isWellFormed() || text.includes('\0') ? 'bad-text' : undefined;
}

/**
 * Reports what no answer may hold, in a value that is not what its question asks for: reserved keys,
 * numbers that are not exact, broken texts, deep nesting. True if it found any.
 */
function reportHostile(value: JsonValue, pointer: string, issues: AnswerIssues): boolean {
  return scan(value, pointer, 0, issues);
}

function scan(value: JsonValue, pointer: string, depth: number, issues: AnswerIssues): boolean {
  if (typeof value === 'string') {
    const error = textError(value);
    if (error !== undefined) issues.error(error, pointer, String(maxTextLength));
    return error !== undefined;
  }
  if (typeof value === 'number') {
    const unsafe = !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);
    if (unsafe) issues.error('unsafe-number', pointer);
    return unsafe;
  }
  if (typeof value !== 'object' || value === null || issues.full) return false;
  if (depth >= maxDepth) {
    issues.error('nesting-too-deep', pointer);
    return true;
  }
  let found = false;
  if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      const below = pointer + pointerStep(key);
      if (reservedKeys.has(key)) {
        issues.error('reserved-key', below, key);
        found = true;
      }
      if (scan(value[key] ?? null, below, depth + 1, issues)) found = true;
    }
    return found;
  }
  for (const [index, item] of value.entries()) {
    if (scan(item, `${pointer}/${index}`, depth + 1, issues)) found = true;
  }
  return found;
}

/** So many instances a repeat may have, and so many all repeats of one submission together. */
export const maxInstances = 1_000;
const maxAllInstances = 10_000;

const nothing: JsonObject = {};

/**
 * Turns answers into a tree with a node for every question of the form, and reports what has no place
 * in it. Shapes are judged here but reported later, once it is known which questions are relevant.
 */
export function buildAnswerTree(
  plan: ValidationPlan,
  answers: JsonValue,
  run: ValidationRun,
): BlockNode {
  return new Reader(run).root(plan.root, answers);
}

class Reader {
  readonly #run: ValidationRun;
  #instances = 0;

  constructor(run: ValidationRun) {
    this.#run = run;
  }

  root(plan: BlockPlan, answers: JsonValue): BlockNode {
    const root = new BlockNode(plan, undefined, this.#run);
    this.#run.root = root;
    if (!isJsonObject(answers)) {
      root.misshapen = true;
      const { fr, en } = shapeWords.group;
      this.#run.issues.error('wrong-type', '', fr, en);
      reportHostile(answers, '', this.#run.issues);
    }
    this.#fill(root, isJsonObject(answers) ? answers : nothing);
    return root;
  }

  #fill(block: BlockNode, answers: JsonObject): void {
    const { plan, slots } = block;
    if (!this.#run.admit(plan.children.length)) return;
    let known = 0;
    for (const child of plan.children) {
      const value = memberOf(child, answers);
      if (value !== undefined) known++;
      if (child.kind === 'question') {
        const node = new QuestionNode(child, block, this.#run);
        if (!isEmpty(value)) this.#read(node, value);
        slots.push(node);
      } else if (child.kind === 'group') slots.push(this.#group(child, block, value));
      else slots.push(this.#repeat(child, block, value));
    }
    if (answers !== nothing && Object.keys(answers).length > known) this.#unknown(block, answers);
  }

  #group(plan: BlockPlan, parent: BlockNode, value: JsonValue | undefined): BlockNode {
    const group = new BlockNode(plan, parent, this.#run);
    if (!isEmpty(value) && !isJsonObject(value)) {
      group.misshapen = true;
      this.#misfit(group.pointer, value, 'group');
    }
    this.#fill(group, isJsonObject(value) ? value : nothing);
    return group;
  }

  #repeat(plan: BlockPlan, parent: BlockNode, value: JsonValue | undefined): RepeatNode {
    const repeat = new RepeatNode(plan, parent, this.#run);
    if (isEmpty(value)) return repeat;
    if (!Array.isArray(value)) {
      repeat.misshapen = true;
      this.#misfit(repeat.pointer, value, 'repeat');
      return repeat;
    }
    const items: readonly JsonValue[] = value;
    if (items.length > maxInstances || (this.#instances += items.length) > maxAllInstances) {
      repeat.misshapen = true;
      this.#run.issues.error('too-many-rows', repeat.pointer, String(maxInstances));
      return repeat;
    }
    for (const [index, item] of items.entries()) {
      const instance = new BlockNode(plan, parent, this.#run, { repeat, index });
      repeat.instances.push(instance);
      if (item !== null && !isJsonObject(item)) {
        instance.misshapen = true;
        this.#misfit(instance.pointer, item, 'group');
      }
      this.#fill(instance, isJsonObject(item) ? item : nothing);
    }
    return repeat;
  }

  #read(node: QuestionNode, value: JsonValue): void {
    const { plan } = node;
    const computed = plan.calculation !== undefined || plan.shapeName === 'none';
    node.sent = true;
    const read = plan.shape.read(value);
    if (read !== undefined && isSound(read)) {
      node.value = plan.shapeName === 'none' ? undefined : read;
      return;
    }
    // What the server computes itself is not judged by its shape, only for what no body may hold.
    const hostile = reportHostile(value, node.pointer, this.#run.issues);
    node.misshapen = hostile || !computed;
    if (hostile) node.sent = false;
  }

  #misfit(pointer: string, value: JsonValue, shape: 'group' | 'repeat'): void {
    if (reportHostile(value, pointer, this.#run.issues)) return;
    const { fr, en } = shapeWords[shape];
    this.#run.issues.error('wrong-type', pointer, fr, en);
  }

  #unknown(block: BlockNode, answers: JsonObject): void {
    const { issues } = this.#run;
    for (const key of Object.keys(answers)) {
      if (issues.full) return;
      if (block.plan.slots.has(key)) continue;
      const pointer = block.pointer + pointerStep(key);
      issues.error(reservedKeys.has(key) ? 'reserved-key' : 'unknown-question', pointer, key);
      const value = own(answers, key);
      if (value !== undefined) reportHostile(value, pointer, issues);
    }
  }
}

function isSound(value: JsonValue): boolean {
  if (typeof value === 'string') return textError(value) === undefined;
  return typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** What counts as no answer: null, an empty text, an empty list. */
function isEmpty(value: JsonValue | undefined): value is undefined | null | '' {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

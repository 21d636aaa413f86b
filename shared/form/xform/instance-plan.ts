import { answerShapes, type AnswerShape, type Shape } from '../types/answer-shapes.ts';
import type { FormModel, Group, Question, Repeat } from '../model.ts';
import { typeRow } from '../types/question-types.ts';
import { generatedNodes } from './node-paths.ts';

/** An element whose text is an answer. */
export interface QuestionElement {
  readonly kind: 'question';
  readonly shapeName: AnswerShape;
  readonly shape: Shape;
}

/** An element whose children hold answers. */
export interface BlockElement {
  readonly kind: 'group' | 'repeat';
  /** What its children mean, by name. */
  readonly children: ReadonlyMap<string, ElementPlan>;
}

type ElementPlan = QuestionElement | BlockElement | { readonly kind: 'ignored' };

/** How the instances of one form are read. */
export interface InstancePlan {
  readonly root: BlockElement;
  /** The question at the top that keeps the log of a filling. */
  readonly audit: string | undefined;
}

const ignored = { kind: 'ignored' } as const;
const plans = new WeakMap<FormModel, InstancePlan>();

/** The plan of a model, made once. */
export function instancePlan(model: FormModel): InstancePlan {
  const known = plans.get(model);
  if (known !== undefined) return known;
  const audit = model.root.children.find(
    (child) => child.kind === 'question' && child.type === 'audit',
  );
  const plan = { root: blockOf(model.root, namesAdded(model)), audit: audit?.name };
  plans.set(model, plan);
  return plan;
}

/** Names of the nodes that the XForm adds to each block, by the block's path: they hold no answers. */
function namesAdded(model: FormModel): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const { counts, headers } = generatedNodes(model);
  for (const path of [...counts.values(), ...headers.values()]) {
    const key = keyOf(path.slice(0, -1));
    names.set(key, [...(names.get(key) ?? []), ...path.slice(-1)]);
  }
  return names;
}

/** No name has a slash. */
function keyOf(path: readonly string[]): string {
  return path.join('/');
}

function blockOf(
  block: Group | Repeat,
  added: ReadonlyMap<string, readonly string[]>,
): BlockElement {
  const children = new Map<string, ElementPlan>();
  for (const name of added.get(keyOf(block.path)) ?? []) children.set(name, ignored);
  for (const child of block.children) {
    const plan = child.kind === 'question' ? questionOf(child) : blockOf(child, added);
    children.set(child.name, plan);
  }
  return { kind: block.kind, children };
}

function questionOf(question: Question): ElementPlan {
  const { shape } = typeRow(question.type);
  if (shape === 'none' || (shape === 'scalar' && isComputedAnew(question))) return ignored;
  return { kind: 'question', shapeName: shape, shape: answerShapes[shape] };
}

/**
 * Whether the server computes the answer without looking at what was sent. An instance says that a
 * calculation gave 12, not whether as a number or as a text: computed anew it is what it is for JSON
 * callers. A calculation that looks at its own value (`once`, `.`) needs what was sent.
 */
function isComputedAnew({ calculation, trigger, name }: Question): boolean {
  if (calculation === undefined || trigger.length > 0) return false;
  const { source, dependsOn } = calculation;
  const looksAtItself = /\bonce\b|(?:^|[^\w.)\]])\.(?![\w.])/.test(source);
  return !looksAtItself && !dependsOn.has(name) && !dependsOn.has('*');
}

import type { AnswerShape } from '../types/answer-shapes.ts';
import type { Expression } from '../expression/expression.ts';
import { nodesOf, type FormModel, type FormNode, type Question, type Repeat } from '../model.ts';
import { NodeSources, type Source } from './node-sources.ts';
import { typeRow } from '../types/question-types.ts';

/**
 * Why a question, or the number of a repeat's rows, is a quasi-identifier: the form marks it; it is a
 * place, of whatever precision; it is how many rows a repeat has; a marked question, or how many rows
 * a repeat has, is computed from it; it depends on another quasi-identifier.
 */
export type Why = 'marked' | 'place' | 'rows' | 'determines' | 'depends';

export interface Reason {
  readonly why: Why;
  /** Of `determines` and `depends`: the path of the quasi-identifier that it goes back to. */
  readonly of: string | undefined;
}

/**
 * The quasi-identifiers of a form: the paths (names joined by `/`) of questions, and of repeats, whose
 * number of rows is one. Over all versions, for a column has the answers to all of them: what one
 * version marks, or makes depend on another, is one in each. Empty if no version marks a question.
 */
export function identifyingPaths(models: readonly FormModel[]): ReadonlyMap<string, Reason> {
  const reasons = new Map<string, Reason>();
  const add = (path: string, reason: Reason): void => {
    if (!reasons.has(path)) reasons.set(path, reason);
  };
  for (const { questions } of models) {
    for (const question of questions) {
      if (question.quasiIdentifier) add(pathOf(question), { why: 'marked', of: undefined });
    }
  }
  if (reasons.size === 0) return reasons;
  const marked = new Set(reasons.keys());
  for (const { questions, repeats } of models) {
    for (const question of questions) {
      if (isPlace[typeRow(question.type).shape])
        add(pathOf(question), { why: 'place', of: undefined });
    }
    for (const repeat of repeats) add(pathOf(repeat), { why: 'rows', of: undefined });
  }
  const trees = models.map((model) => ({ model, sources: new NodeSources(model.root) }));
  for (const { model, sources } of trees) {
    const targets: (Question | Repeat)[] = [
      ...model.questions.filter((question) => marked.has(pathOf(question))),
      ...model.repeats,
    ];
    for (const target of targets) {
      for (const path of inputsOf(target, sources))
        add(path, { why: 'determines', of: pathOf(target) });
    }
  }
  const flow = new Flow();
  for (const { model, sources } of trees) flow.addModel(model, sources, expressionsOf);
  for (const [path, origin] of flow.reachedFrom(reasons.keys())) {
    add(path, { why: 'depends', of: origin });
  }
  return askedOnly(models, reasons);
}

/**
 * The sensitive questions of a form, by their paths, each with the highest l of l-diversity that any
 * version gives: those that are marked, and those whose answer, or whether they are asked, is computed
 * from one, which have its l. Over all versions, like `identifyingPaths`.
 */
export function sensitivePaths(models: readonly FormModel[]): ReadonlyMap<string, number> {
  const marked = new Map<string, number>();
  for (const { questions } of models) {
    for (const question of questions) {
      const path = pathOf(question);
      if (question.sensitive > 0)
        marked.set(path, Math.max(question.sensitive, marked.get(path) ?? 0));
    }
  }
  if (marked.size === 0) return marked;
  const flow = new Flow();
  for (const model of models) flow.addModel(model, new NodeSources(model.root), valuesOf);
  const found = new Map<string, number>();
  for (const l of [...new Set(marked.values())].sort((one, other) => other - one)) {
    const seeds = [...marked].filter(([, own]) => own === l).map(([path]) => path);
    for (const path of [...seeds, ...flow.reachedFrom(seeds).keys()]) {
      if (!found.has(path)) found.set(path, l);
    }
  }
  for (const { repeats } of models) for (const repeat of repeats) found.delete(pathOf(repeat));
  return askedOnly(models, found);
}

/** Every shape of answer, so that a new one must say whether it is a place. */
export const isPlace: Readonly<Record<AnswerShape, boolean>> = {
  text: false,
  integer: false,
  number: false,
  date: false,
  time: false,
  dateTime: false,
  code: false,
  codes: false,
  geopoint: true,
  geotrace: true,
  geoshape: true,
  acknowledge: false,
  scalar: false,
  attachment: false,
  none: false,
};

function pathOf({ path }: FormNode): string {
  return path.join('/');
}

/** Without what has no answers, and what only helped to find the others. */
function askedOnly<T>(
  models: readonly FormModel[],
  found: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  const known = new Set<string>();
  for (const { questions, repeats } of models) {
    for (const question of questions) if (question.type !== 'note') known.add(pathOf(question));
    for (const repeat of repeats) known.add(pathOf(repeat));
  }
  return new Map([...found].filter(([path]) => known.has(path)));
}

/** Expressions of a node, evaluated at it. */
type SourcesOf = (node: FormNode, sources: NodeSources) => readonly Source[];

/** What decides a node's value, or whether it is there. */
const valuesOf: SourcesOf = (node, sources) => {
  const read = [...expressionOf(node.relevant, node, sources), ...computedFrom(node, sources)];
  return node.kind === 'question' && node.choicesFrom !== undefined
    ? [...read, ...sources.ofNames([node.choicesFrom], node)]
    : read;
};

/** The same, with all else from which an answer can be concluded, or that the answer is shown with. */
const expressionsOf: SourcesOf = (node, sources) => {
  const read = [...valuesOf(node, sources), ...sources.ofTexts(node.label.values(), node)];
  if (node.kind !== 'question') return read;
  const { required, constraint, choiceFilter, hint, trigger } = node;
  return [
    ...read,
    ...expressionOf(typeof required === 'boolean' ? undefined : required, node, sources),
    ...expressionOf(constraint, node, sources),
    ...(choiceFilter === undefined ? [] : sources.ofExpression(choiceFilter, node, 'list')),
    ...sources.ofTexts(hint.values(), node),
    ...sources.ofNames(trigger, node),
  ];
};

function expressionOf(
  expression: Expression | undefined,
  node: FormNode,
  sources: NodeSources,
): readonly Source[] {
  return expression === undefined ? [] : sources.ofExpression(expression, node);
}

/** What a question's answer, or the number of a repeat's rows, is computed from. */
function computedFrom(node: FormNode, sources: NodeSources): readonly Source[] {
  if (node.kind === 'group') return [];
  if (node.kind === 'repeat') return expressionOf(node.count, node, sources);
  const { calculation, default: fallback } = node;
  return [
    ...expressionOf(calculation, node, sources),
    ...expressionOf(typeof fallback === 'string' ? undefined : fallback, node, sources),
  ];
}

/** The paths of the questions from which `target` is computed or its choices filtered, through other calculations too. */
function inputsOf(target: Question | Repeat, sources: NodeSources): ReadonlySet<string> {
  const filter = target.kind === 'question' ? target.choiceFilter : undefined;
  const inputs = new Set<FormNode>();
  const take = (read: readonly Source[]): void => {
    for (const { node, inside } of read) {
      inputs.add(node);
      if (inside && node.kind !== 'question') for (const inner of nodesOf(node)) inputs.add(inner);
    }
  };
  take(computedFrom(target, sources));
  if (filter !== undefined) take(sources.ofExpression(filter, target, 'list'));
  // A set that grows while it is gone through is gone through to its end.
  for (const input of inputs) if (input.kind === 'question') take(computedFrom(input, sources));
  inputs.delete(target);
  return new Set([...inputs].filter(({ kind }) => kind === 'question').map(pathOf));
}

/** Keys that no path has, for what is in a block, and for whether it is asked. */
const insideOf = (path: string): string => `${path}\ninside`;
const askedIn = (path: string): string => `${path}\nasked`;

/** What follows from what, in the forms of all versions: by paths, which name a column. */
class Flow {
  readonly #next = new Map<string, Set<string>>();

  addModel({ root }: FormModel, sources: NodeSources, sourcesOf: SourcesOf): void {
    for (const node of nodesOf(root)) {
      const path = pathOf(node);
      const around = sources.parentOf(node);
      const parent = around === undefined ? '' : pathOf(around);
      this.#add(path, insideOf(parent));
      this.#add(askedIn(parent), path);
      if (node.kind !== 'question') {
        this.#add(insideOf(path), insideOf(parent));
        this.#add(askedIn(parent), askedIn(path));
        for (const source of expressionOf(node.relevant, node, sources)) {
          this.#add(keyOf(source), askedIn(path));
        }
      }
      for (const source of sourcesOf(node, sources)) this.#add(keyOf(source), path);
    }
  }

  /** What follows from these, and from what follows: each with that of `seeds` from which it does. */
  reachedFrom(seeds: Iterable<string>): ReadonlyMap<string, string> {
    const origins = new Map<string, string>();
    for (const seed of seeds) origins.set(seed, seed);
    const first = new Set(origins.keys());
    for (const [key, origin] of origins) {
      for (const next of this.#next.get(key) ?? []) {
        if (!origins.has(next)) origins.set(next, origin);
      }
    }
    return new Map([...origins].filter(([key]) => !first.has(key)));
  }

  #add(from: string, to: string): void {
    const known = this.#next.get(from);
    if (known === undefined) this.#next.set(from, new Set([to]));
    else known.add(to);
  }
}

function keyOf({ node, inside }: Source): string {
  return inside ? insideOf(pathOf(node)) : pathOf(node);
}

import { noClientFacts, readClientFacts, type SurveyContext } from './question-cells.ts';
import { compileQuestion, otherOf, type QuestionBase } from './compile-question.ts';
import {
  mediaKinds,
  type FormNode,
  type Group,
  type Question,
  type Repeat,
  nodesByName,
  nodesOf,
} from '../model.ts';
import { isName } from './node-names.ts';
import type { OutlineBlock, OutlineNode } from './outline.ts';
import { mentionsInText } from './parse-cell.ts';
import type { SheetRow } from './read-sheet.ts';
import type { Expression } from '../expression/expression.ts';
import { typeRow } from '../types/question-types.ts';

interface CompiledSurvey {
  readonly root: Group;
  readonly questions: readonly Question[];
  readonly repeats: readonly Repeat[];
}

const shown = [
  'label',
  'hint',
  'guidance_hint',
  'constraint_message',
  'required_message',
  ...mediaKinds,
];

/** Builds the questions, groups and repeats of an outline. */
export function compileSurvey(outline: OutlineBlock, context: SurveyContext): CompiledSurvey {
  const builder = new SurveyBuilder(context);
  const children = builder.children(outline, [], undefined);
  const root: Group = {
    kind: 'group',
    name: '',
    path: [],
    label: new Map(),
    relevant: undefined,
    row: 1,
    appearance: '',
    client: noClientFacts,
    children,
  };
  builder.markFreeTexts(root);
  return { root, questions: builder.questions, repeats: builder.repeats };
}

type DraftQuestion = Omit<Question, 'freeText' | 'reviewText'> & {
  freeText: boolean;
  reviewText: boolean;
};

class SurveyBuilder {
  readonly questions: DraftQuestion[] = [];
  readonly repeats: Repeat[] = [];
  readonly #context: SurveyContext;
  readonly #rows = new Map<Question, SheetRow>();

  constructor(context: SurveyContext) {
    this.#context = context;
  }

  children(block: OutlineBlock, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    return block.children.flatMap((node) => this.#nodes(node, [...path, node.name], repeat));
  }

  /** What is free text, and whether it may be public, is known once all questions are. */
  markFreeTexts(root: Group): void {
    const { issues, isRead } = this.#context;
    const texts = freeTexts(root, this.questions);
    for (const question of this.questions) {
      const { name, visibility, reviewText } = question;
      const place = this.#rows.get(question)?.place('review_text');
      question.freeText = texts.has(question);
      question.reviewText = reviewText && isRead;
      if (!question.freeText || visibility !== 'public' || place === undefined) continue;
      if (!reviewText) issues.add('text-not-public', place, name);
      else if (!isRead) issues.add('text-not-reviewed', place, name);
    }
  }

  #nodes(node: OutlineNode, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    if (node.kind !== 'question') return this.#block(node, path, repeat);
    const { row, name } = node;
    const question = compileQuestion(node, this.#base(row, name, path), repeat, this.#context);
    this.#rows.set(question, row);
    const all = node.orOther && isName(node.name) ? [question, otherOf(question)] : [question];
    this.questions.push(...all);
    return all;
  }

  #block(node: OutlineBlock, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    const { row } = node;
    if (row === undefined) return [];
    const base = { ...this.#base(row, node.name, path), appearance: row.text('appearance') };
    if (node.kind === 'group') {
      return [{ ...base, kind: 'group', children: this.children(node, path, repeat) }];
    }
    const children: FormNode[] = [];
    const count = this.#context.parse(row, 'repeat_count');
    const built: Repeat = { ...base, kind: 'repeat', repeat, count, children };
    this.repeats.push(built);
    children.push(...this.children(node, path, built));
    return [built];
  }

  #base(row: SheetRow, name: string, path: readonly string[]): QuestionBase {
    const { defaultLanguage, languages, issues, mentions, parse } = this.#context;
    for (const column of shown) {
      if (!row.has(column)) continue;
      mentionsInText(row, column, mentions);
      const texts = row.translations(column, defaultLanguage);
      const missing = languages.filter((language) => !texts.has(language));
      if (missing.length > 0) {
        issues.add('missing-translation', row.place(column), name, missing.join(', '));
      }
    }
    const label = row.translations('label', defaultLanguage);
    return {
      name,
      path,
      label,
      relevant: parse(row, 'relevant'),
      row: row.row,
      client: readClientFacts(row, this.#context),
    };
  }
}

/** What a client knows of its owner; and a step to whatever stands around, of which dependsOn has no name. */
const reachesFurther = /\bproperty\s*\(|\.\.(?!\s*\/)|\/\/|::/;

/**
 * The questions whose answers are free text: nobody knows beforehand what they will say of whom. Those
 * of types whose answers are words, selects whose choices are other answers, and whatever is computed from one of
 * these, directly or through other calculations. To be computed from a group is to be computed from
 * all that is in it.
 */
function freeTexts(root: Group, questions: readonly Question[]): ReadonlySet<Question> {
  const names = nodesByName(root);
  const texts = new Set(questions.filter(isWritten));
  // Not pass by pass: a chain of 20,000 calculations may stand in the wrong order.
  const drawnOnBy = new Map<Question, Question[]>();
  for (const question of questions) {
    const sources = sourcesOf(question, names);
    if (sources === 'any') {
      if (texts.size > 0) texts.add(question);
      continue;
    }
    for (const source of sources) {
      const known = drawnOnBy.get(source);
      if (known === undefined) drawnOnBy.set(source, [question]);
      else known.push(question);
    }
  }
  // A set that grows while it is gone through is gone through to its end.
  for (const text of texts) for (const drawing of drawnOnBy.get(text) ?? []) texts.add(drawing);
  return texts;
}

function isWritten({ type, list, choicesFrom }: Question): boolean {
  return typeRow(type).words || (choicesFrom !== undefined && list === undefined);
}

/** The questions that a question's value comes from. */
function sourcesOf(
  { calculation, default: fallback }: Question,
  names: ReadonlyMap<string, readonly FormNode[]>,
): ReadonlySet<Question> | 'any' {
  const sources = new Set<Question>();
  for (const expression of [calculation, fallback]) {
    if (expression === undefined || typeof expression === 'string') continue;
    if (expression.dependsOn.has('*') || reachesFurther.test(expression.source)) return 'any';
    for (const question of namedIn(expression, names)) sources.add(question);
  }
  return sources;
}

function* namedIn(
  { dependsOn, lastSavedReferences }: Expression,
  names: ReadonlyMap<string, readonly FormNode[]>,
): Generator<Question> {
  for (const name of [...dependsOn, ...lastSavedReferences]) {
    for (const node of names.get(name) ?? []) {
      if (node.kind === 'question') yield node;
      // Where something inside is named, too, the group is but a step on the way to it.
      else if (![...nodesOf(node)].some((inner) => dependsOn.has(inner.name))) {
        for (const inner of nodesOf(node)) if (inner.kind === 'question') yield inner;
      }
    }
  }
}

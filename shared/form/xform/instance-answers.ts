import type { JsonObject, JsonValue } from '../../json.ts';
import type { FormModel, Group, Question, Repeat } from '../model.ts';
import { AnswerIssues, pointerStep, type AnswerIssue } from '../types/answer-issues.ts';
import type { AnswerMessageCode } from '../types/answer-messages.ts';
import { answerShapes, type AnswerShape } from '../types/answer-shapes.ts';
import { numberToText } from '../types/number-text.ts';
import { typeRow } from '../types/question-types.ts';
import { shapeWords } from '../types/answer-messages.ts';
import type { Shape } from '../types/answer-shapes.ts';
import { generatedNodes } from './node-paths.ts';
import { isMeta, metaElements, type XFormInstance } from './read-instance.ts';
import { isTemplate, saysSomething, type XmlElement } from './xml-element.ts';

type Answers = Record<string, JsonValue>;

/** What an instance says, as a JSON caller would have sent it. */
interface InstanceAnswers {
  readonly answers: JsonObject;
  /** What could not become an answer: the answers do not say all that was sent. Pointers into the answers. */
  readonly issues: readonly AnswerIssue[];
}

/**
 * The answers of an instance, to be validated as any: groups are objects, repeats are arrays, empty
 * elements are no answers. What the form has no place for, or what has not the shape of its place,
 * is left out with an issue; an empty element that the form does not know is not worth one. Never throws.
 */
export function answersOf(model: FormModel, instance: XFormInstance): InstanceAnswers {
  const reader = new Reader(instancePlan(model));
  return reader.read(instance.root);
}

class Reader {
  readonly #issues = new AnswerIssues();
  readonly #plan: InstancePlan;

  constructor(plan: InstancePlan) {
    this.#plan = plan;
  }

  read(root: XmlElement): InstanceAnswers {
    const { root: plan, audit } = this.#plan;
    const answers = this.#block(plan, root, '');
    if (audit !== undefined) this.#audit(audit, root, answers);
    return { answers, issues: this.#issues.errors };
  }

  #block(plan: BlockElement, element: XmlElement, pointer: string): Answers {
    const answers: Answers = {};
    const seen = new Set<string>();
    const repeats = new Map<string, Answers[]>();
    if (element.text.trim() !== '') this.#wrongType(pointer, 'group');
    for (const child of element.children) {
      const { name } = child;
      const expected = plan.children.get(name);
      if (expected === undefined) {
        const isKnown = pointer === '' && isMeta(child);
        if (!isKnown && saysSomething(child)) this.#report('unknown-question', at(pointer, name));
      } else if (expected.kind === 'repeat') {
        if (isTemplate(child)) continue;
        // Empty or not, it is one: how many there are is an answer too.
        const rows = repeats.get(name) ?? [];
        rows.push(this.#block(expected, child, `${at(pointer, name)}/${rows.length}`));
        repeats.set(name, rows);
        answers[name] = rows;
      } else if (expected.kind !== 'ignored') {
        if (seen.has(name)) this.#report('duplicate-answer', at(pointer, name));
        else this.#put(expected, child, pointer, answers);
        seen.add(name);
      }
    }
    return answers;
  }

  #put(
    plan: BlockElement | QuestionElement,
    element: XmlElement,
    pointer: string,
    answers: Answers,
  ): void {
    const { name } = element;
    if (plan.kind !== 'question') {
      const group = this.#block(plan, element, at(pointer, name));
      if (Object.keys(group).length > 0) answers[name] = group;
      return;
    }
    if (element.children.some(saysSomething)) {
      this.#wrongType(at(pointer, name), plan.shapeName);
      return;
    }
    const { value, isWrong } = answerOf(plan, element.text);
    if (isWrong) this.#wrongType(at(pointer, name), plan.shapeName);
    else if (value !== undefined) answers[name] = value;
  }

  /** Phones keep the log of a filling in meta, whatever the form calls its question. */
  #audit(question: string, root: XmlElement, answers: Answers): void {
    const log = metaElements(root).find(({ name }) => name === 'audit');
    const plan = this.#plan.root.children.get(question);
    if (log === undefined || plan?.kind !== 'question' || Object.hasOwn(answers, question)) return;
    this.#put(plan, { ...log, name: question }, '', answers);
  }

  #wrongType(pointer: string, shape: AnswerShape | 'group'): void {
    const { fr, en } = shapeWords[shape];
    this.#report('wrong-type', pointer, fr, en);
  }

  /** A hostile instance is wrong in 50,000 places, and each message would be made to be thrown away. */
  #report(code: AnswerMessageCode, pointer: string, fr = '', en = ''): void {
    if (!this.#issues.full) this.#issues.error(code, pointer, fr, en);
  }
}

function at(pointer: string, name: string): string {
  return pointer + pointerStep(name);
}

/** How the text of each shape is read: as it stands, or with what older clients write otherwise mended. */
const readings: Readonly<
  Record<AnswerShape, 'verbatim' | 'trimmed' | 'numbers' | 'moment' | 'file'>
> = {
  none: 'trimmed',
  text: 'verbatim',
  scalar: 'verbatim',
  integer: 'numbers',
  number: 'numbers',
  date: 'trimmed',
  time: 'moment',
  dateTime: 'moment',
  code: 'trimmed',
  codes: 'trimmed',
  geopoint: 'numbers',
  geotrace: 'numbers',
  geoshape: 'numbers',
  acknowledge: 'trimmed',
  attachment: 'file',
};

/** A number as Java writes very large and very small ones: `1.0E7`. */
const scientific = /(?<![^\s;])[+-]?\d{1,17}(?:\.\d{1,17})?[eE][+-]?\d{1,3}(?![^\s;])/g;
/** The address of a file of the form itself. */
const formFile = /^jr:\/\/(?:images|audio|video|file)\/[^/]+$/;
/** An offset in whole hours, as older clients write it: `10:00:00.000+03`. */
const shortOffset = /(:\d{2}(?:\.\d{1,9})?[+-]\d{2})(\d{2})?$/;

/**
 * The answer that the text of an element means: undefined if it says nothing, or a text that is no
 * answer of this shape. `0123` and `+221770000000` stay texts where texts are asked for.
 */
function answerOf(
  { shapeName, shape }: QuestionElement,
  text: string,
): { readonly value: JsonValue | undefined; readonly isWrong: boolean } {
  const reading = readings[shapeName];
  if (reading === 'verbatim') return { value: text === '' ? undefined : text, isWrong: false };
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined, isWrong: false };
  // A default picture that was left as it is: a file of the form, which phones send with no answer.
  if (reading === 'file' && formFile.test(trimmed)) {
    return { value: undefined, isWrong: false };
  }
  const value =
    reading === 'file' ? shape.read({ file: trimmed }) : shape.parse(plain(reading, trimmed));
  return { value, isWrong: value === undefined };
}

/** The same in the one way of writing it that answers have. */
function plain(reading: (typeof readings)[AnswerShape], text: string): string {
  if (reading === 'numbers') {
    return /[eE]/.test(text)
      ? text.replace(scientific, (found) => numberToText(Number(found)))
      : text;
  }
  if (reading !== 'moment') return text;
  return text.replace(shortOffset, (_, start: string, minutes = '00') => `${start}:${minutes}`);
}

/** An element whose text is an answer. */
interface QuestionElement {
  readonly kind: 'question';
  readonly shapeName: AnswerShape;
  readonly shape: Shape;
}

/** An element whose children hold answers. */
interface BlockElement {
  readonly kind: 'group' | 'repeat';
  /** What its children mean, by name. */
  readonly children: ReadonlyMap<string, ElementPlan>;
}

type ElementPlan = QuestionElement | BlockElement | { readonly kind: 'ignored' };

/** How the instances of one form are read. */
interface InstancePlan {
  readonly root: BlockElement;
  /** The question at the top that keeps the log of a filling. */
  readonly audit: string | undefined;
}

const ignored = { kind: 'ignored' } as const;
const plans = new WeakMap<FormModel, InstancePlan>();

/** The plan of a model, made once. */
function instancePlan(model: FormModel): InstancePlan {
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

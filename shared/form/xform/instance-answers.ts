import type { JsonObject, JsonValue } from '../../json.ts';
import { AnswerIssues, pointerStep, type AnswerIssue } from '../types/answer-issues.ts';
import { type AnswerMessageCode, shapeWords } from '../types/answer-messages.ts';
import type { AnswerShape } from '../types/answer-shapes.ts';
import type { FormModel } from '../model.ts';
import {
  instancePlan,
  type BlockElement,
  type InstancePlan,
  type QuestionElement,
} from './instance-plan.ts';
import { isMeta, metaElements, type XFormInstance } from './read-instance.ts';
import { answerOf } from './text-to-answer.ts';
import { isTemplate, saysSomething, type XmlElement } from './xml-element.ts';

type Answers = Record<string, JsonValue>;

/** What an instance says, as a JSON caller would have sent it. */
export interface InstanceAnswers {
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
        if (!isKnown && saysSomething(child)) this.#tell('unknown-question', at(pointer, name));
      } else if (expected.kind === 'repeat') {
        if (isTemplate(child)) continue;
        // Empty or not, it is one: how many there are is an answer too.
        const rows = repeats.get(name) ?? [];
        rows.push(this.#block(expected, child, `${at(pointer, name)}/${rows.length}`));
        repeats.set(name, rows);
        answers[name] = rows;
      } else if (expected.kind !== 'ignored') {
        if (seen.has(name)) this.#tell('duplicate-answer', at(pointer, name));
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
    this.#tell('wrong-type', pointer, fr, en);
  }

  /** A hostile instance is wrong in 50,000 places, and each message would be made to be thrown away. */
  #tell(code: AnswerMessageCode, pointer: string, fr = '', en = ''): void {
    if (!this.#issues.full) this.#issues.error(code, pointer, fr, en);
  }
}

function at(pointer: string, name: string): string {
  return pointer + pointerStep(name);
}

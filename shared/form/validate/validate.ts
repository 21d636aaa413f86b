import type { JsonObject, JsonValue } from '../../json.ts';
import { answerMessages, shapeWords } from '../types/answer-messages.ts';
import { AnswerIssues, type AnswerIssue } from '../types/answer-issues.ts';
import type { Glossary } from './glossary.ts';
import type { FormModel } from '../model.ts';
import { buildAnswerTree } from './build-answer-tree.ts';
import { computeAnswers, RepeatNode, type BlockNode, QuestionNode } from './answer-tree.ts';
import { validationPlan, type ValidationPlan } from './validation-plan.ts';
import { ValidationRun, type RunContext } from './validation-run.ts';
import type { Bilingual, Translations } from '../../text.ts';
import { numberToText } from '../types/number-text.ts';
import { isOnStep } from '../compile/parameters.ts';

interface ValidationContext extends RunContext {
  readonly glossary: Glossary;
}

export interface Validated {
  /** The answers as they are to be kept: calculations done again, in the form's order, without what is empty or not relevant. */
  readonly answers: JsonObject;
  readonly errors: readonly AnswerIssue[];
  readonly warnings: readonly AnswerIssue[];
}

interface Validator {
  /** Every error with its pointer (RFC 6901) into the answers. Never throws, whatever is sent. */
  validate(answers: JsonValue, context: ValidationContext): Validated;
  /** The record's name by the setting `instance_name`, of answers as `validate` returns them; '' without. */
  instanceName(answers: JsonValue, context: RunContext): string;
}

/** Makes a form ready to validate many answers. */
export function createValidator(model: FormModel): Validator {
  const plan = validationPlan(model);
  return {
    validate: (answers, context) => validate(plan, answers, context),
    instanceName: (answers, context) => {
      const { instanceName } = model.settings;
      if (instanceName === undefined) return '';
      const run = new ValidationRun(plan, context, new AnswerIssues());
      const root = buildAnswerTree(plan, answers, run);
      const name = run.attempt('', root, 'instance_name', (context) =>
        instanceName.evaluateString(context),
      );
      return name.toWellFormed().slice(0, maxInstanceName).trim();
    },
  };
}

/** Longer names help nobody to recognise a record. */
const maxInstanceName = 300;
const validators = new WeakMap<FormModel, Validator>();

/** The validator of a model, made once. */
function validatorOf(model: FormModel): Validator {
  const known = validators.get(model);
  if (known !== undefined) return known;
  const made = createValidator(model);
  validators.set(model, made);
  return made;
}

/** Validates answers against a form, see Validator. */
export function validateAnswers(
  model: FormModel,
  answers: JsonValue,
  context: ValidationContext,
): Validated {
  return validatorOf(model).validate(answers, context);
}

/** The record's name, see Validator. */
export function instanceName(model: FormModel, answers: JsonValue, context: RunContext): string {
  return validatorOf(model).instanceName(answers, context);
}

function validate(plan: ValidationPlan, answers: JsonValue, context: ValidationContext): Validated {
  const issues = new AnswerIssues();
  const run = new ValidationRun(plan, context, issues);
  const root = buildAnswerTree(plan, answers, run);
  computeAnswers(root, plan);
  const judged = judgeAnswers(root, run);
  if (run.exhausted) issues.error('too-large', '');
  reportTerms(judged.prose, context.glossary, issues);
  return { answers: judged.answers, errors: issues.errors, warnings: issues.warnings };
}

/** All texts are looked at as one first, which most often ends the matter. */
function reportTerms(prose: readonly Prose[], glossary: Glossary, issues: AnswerIssues): void {
  if (prose.length === 0 || !glossary.mayMention(prose.map(({ text }) => text).join('\n'))) return;
  for (const { node, text } of prose) {
    for (const { found, preferred } of glossary.deprecatedIn(text)) {
      const { fr } = answerMessages['deprecated-term'](found, preferred.fr);
      const { en } = answerMessages['deprecated-term'](found, preferred.en);
      issues.warnWith('deprecated-term', node.pointer, { fr, en });
    }
  }
}

/** A text answer in which terms of the glossary are looked for. */
interface Prose {
  readonly node: QuestionNode;
  readonly text: string;
}

interface Judged {
  readonly answers: JsonObject;
  readonly prose: readonly Prose[];
}

/** Applies the form's rules to a tree of answers and returns them as they are to be kept. */
function judgeAnswers(root: BlockNode, run: ValidationRun): Judged {
  const judge = new Judge(run);
  return { answers: judge.block(root), prose: judge.prose };
}

class Judge {
  readonly prose: Prose[] = [];
  readonly #run: ValidationRun;
  /** Inside what has not the shape of its place: it is reported once, not for all that it lacks. */
  #quiet = false;

  constructor(run: ValidationRun) {
    this.#run = run;
  }

  /** Keys in the form's order; what is empty or not relevant left out. */
  block(block: BlockNode): JsonObject {
    const kept: Record<string, JsonValue> = {};
    const quiet = this.#quiet;
    this.#quiet ||= block.misshapen;
    for (const slot of block.slots) {
      const { name } = slot.plan;
      if (slot instanceof QuestionNode) {
        const value = this.#question(slot);
        if (value !== undefined) kept[name] = value;
      } else if (!slot.isRelevant()) {
        if (wasSent(slot)) this.#run.issues.warn('not-relevant', slot.pointer);
      } else if (slot instanceof RepeatNode) {
        const rows = this.#repeat(slot);
        if (rows.length > 0) kept[name] = rows;
      } else {
        const group = this.block(slot);
        if (Object.keys(group).length > 0) kept[name] = group;
      }
    }
    this.#quiet = quiet;
    return kept;
  }

  #repeat(repeat: RepeatNode): JsonObject[] {
    const wanted = this.#quiet || repeat.misshapen ? undefined : repeat.wantedInstances();
    const found = repeat.instances.length;
    if (wanted !== undefined && wanted !== found) {
      this.#run.issues.error('repeat-count', repeat.pointer, String(wanted), String(found));
    }
    return repeat.instances.map((instance) => this.block(instance));
  }

  #question(node: QuestionNode): JsonValue | undefined {
    const { plan } = node;
    const { issues } = this.#run;
    if (!node.isRelevant()) {
      const asked = plan.calculation === undefined && plan.shapeName !== 'none';
      if (node.sent && asked) issues.warn('not-relevant', node.pointer);
      return undefined;
    }
    if (plan.shapeName === 'none') {
      if (node.sent) issues.warn('no-answer', node.pointer);
      return undefined;
    }
    node.compute();
    const { value } = node;
    if (value === undefined) this.#missing(node);
    else this.#rules(node, value);
    return value;
  }

  #missing(node: QuestionNode): void {
    const { plan } = node;
    const { required, requiredMessage } = plan.node;
    const { issues } = this.#run;
    if (node.misshapen) {
      const { fr, en } = shapeWords[plan.shapeName];
      if (node.sent) issues.error('wrong-type', node.pointer, fr, en);
      return;
    }
    if (this.#quiet || required === false || plan.type.answeredBy !== 'person') return;
    if (required === true || this.#run.truth(required, node, false, 'required')) {
      issues.errorWith(
        'required',
        node.pointer,
        this.#own(requiredMessage) ?? answerMessages.required(),
      );
    }
  }

  #rules(node: QuestionNode, value: JsonValue): void {
    const { plan } = node;
    if (plan.choices !== undefined) this.#choices(node, value);
    if (plan.range !== undefined && typeof value === 'number') this.#range(node, value);
    if (plan.prose && typeof value === 'string') this.prose.push({ node, text: value });
    const { constraint, constraintMessage } = plan.node;
    if (constraint === undefined || plan.type.answeredBy !== 'person') return;
    if (this.#run.truth(constraint, node, true, 'constraint')) return;
    this.#run.issues.errorWith(
      'constraint',
      node.pointer,
      this.#own(constraintMessage) ?? answerMessages.constraint(),
    );
  }

  #choices(node: QuestionNode, value: JsonValue): void {
    const { issues } = this.#run;
    if (typeof value === 'string') {
      if (!this.#offers(node, value)) issues.error('not-a-choice', node.pointer, value);
      return;
    }
    if (!Array.isArray(value)) return;
    const seen = new Set<string>();
    for (const [index, code] of (value as readonly JsonValue[]).entries()) {
      if (typeof code !== 'string') continue;
      if (seen.has(code)) issues.error('duplicate-choice', `${node.pointer}/${index}`, code);
      else if (!this.#offers(node, code)) {
        issues.error('not-a-choice', `${node.pointer}/${index}`, code);
      }
      seen.add(code);
      if (issues.full) return;
    }
  }

  #offers(node: QuestionNode, code: string): boolean {
    const listed = node.plan.choices?.get(code);
    const filter = node.plan.node.choiceFilter;
    if (listed === undefined || filter === undefined) return listed !== undefined;
    if (node.plan.node.orOther && code === 'other') return true;
    return listed.some(({ row }) => this.#run.matches(filter, node, row));
  }

  #range(node: QuestionNode, value: number): void {
    const { range } = node.plan;
    if (range === undefined) return;
    const [min, max] = [range.min, range.max].map(numberToText);
    const [start, step] = [range.start, range.step].map(numberToText);
    if (value < range.min || value > range.max) {
      this.#run.issues.error('out-of-range', node.pointer, min, max);
    } else if (!isOnStep(value, range))
      this.#run.issues.error('off-step', node.pointer, start, step);
  }

  /** The form's own message; in a language that it lacks, its default one's. */
  #own(texts: Translations): Bilingual | undefined {
    if (texts.size === 0) return undefined;
    const { defaultLanguage } = this.#run.plan.model.settings;
    const any = texts.get(defaultLanguage) ?? [...texts.values()][0] ?? '';
    return { fr: texts.get('fr') ?? any, en: texts.get('en') ?? any };
  }
}

/** Whether anything was sent for a block that the server does not compute itself. */
function wasSent(block: BlockNode | RepeatNode): boolean {
  if (block instanceof RepeatNode) return block.instances.length > 0;
  return block.slots.some((slot) =>
    slot instanceof QuestionNode ? slot.sent && slot.plan.calculation === undefined : wasSent(slot),
  );
}

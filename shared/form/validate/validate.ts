import type { JsonObject, JsonValue } from '../../json.ts';
import { answerMessages } from '../types/answer-messages.ts';
import { AnswerIssues, type AnswerIssue } from '../types/answer-issues.ts';
import type { Glossary } from './glossary.ts';
import { judgeAnswers, type Prose } from './judge-answers.ts';
import type { FormModel } from '../model.ts';
import { readAnswers } from './read-answers.ts';
import { settleAnswers } from './settle-answers.ts';
import { validationPlan, type ValidationPlan } from './validation-plan.ts';
import { ValidationRun, type RunContext } from './validation-run.ts';

export interface ValidationContext extends RunContext {
  readonly glossary: Glossary;
}

export interface Validated {
  /** The answers as they are to be kept: calculations done again, in the form's order, without what is empty or not relevant. */
  readonly answers: JsonObject;
  readonly errors: readonly AnswerIssue[];
  readonly warnings: readonly AnswerIssue[];
}

interface Validator {
  /** Every fault with its pointer (RFC 6901) into the answers. Never throws, whatever is sent. */
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
      const root = readAnswers(plan, answers, run);
      const name = run.attempt('', root, 'instance_name', (world) =>
        instanceName.evaluateString(world),
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
  const root = readAnswers(plan, answers, run);
  settleAnswers(root, plan);
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

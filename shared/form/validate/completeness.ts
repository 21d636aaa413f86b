import type { JsonValue } from '../../json.ts';
import { AnswerIssues } from '../types/answer-issues.ts';
import { RepeatNode, type BlockNode, QuestionNode, computeAnswers } from './answer-tree.ts';
import type { FormModel } from '../model.ts';
import { buildAnswerTree } from './build-answer-tree.ts';
import { validationPlan, type ValidationPlan } from './validation-plan.ts';
import { ValidationRun, type RunContext } from './validation-run.ts';

/** How much of a form was filled in: questions that were put to a person, and those answered. */
export interface Completeness {
  readonly asked: number;
  readonly answered: number;
}

/**
 * Counts the questions of `model` that are put to a person by these answers: relevant ones that can be
 * answered, in each row of a repeat again. What skip logic leaves out was not asked.
 */
export function completenessOf(
  model: FormModel,
  answers: JsonValue,
  context: RunContext,
): Completeness {
  const plan = planOf(model);
  const run = new ValidationRun(plan, context, new AnswerIssues());
  const root = buildAnswerTree(plan, answers, run);
  computeAnswers(root, plan);
  return count(root);
}

const plans = new WeakMap<FormModel, ValidationPlan>();

function planOf(model: FormModel): ValidationPlan {
  const plan = plans.get(model) ?? validationPlan(model);
  plans.set(model, plan);
  return plan;
}

function count(block: BlockNode): Completeness {
  let asked = 0;
  let answered = 0;
  const add = (inner: Completeness): void => {
    asked += inner.asked;
    answered += inner.answered;
  };
  for (const slot of block.slots) {
    if (!slot.isRelevant()) continue;
    if (slot instanceof QuestionNode) {
      const { node, type, shapeName, calculation } = slot.plan;
      if (type.answeredBy !== 'person' || shapeName === 'none') continue;
      if (node.readonly || calculation !== undefined) continue;
      add({ asked: 1, answered: slot.value === undefined ? 0 : 1 });
    } else if (slot instanceof RepeatNode) {
      for (const instance of slot.instances) add(count(instance));
    } else {
      add(count(slot));
    }
  }
  return { asked, answered };
}

import { BlockNode, RepeatNode } from './answer-tree.ts';
import { QuestionNode } from './question-node.ts';
import type { ValidationPlan } from './validation-plan.ts';

/**
 * Evaluates what answers calculate and when they count, each node in each of its instances. Nodes would
 * do it when first asked, but a long chain of calculations, each asking the next, would exhaust the stack.
 */
export function settleAnswers(root: BlockNode, plan: ValidationPlan): void {
  for (const slots of plan.order) settle(root, slots, 0);
}

function settle(block: BlockNode, slots: readonly number[], depth: number): void {
  const slot = slots[depth];
  const child = slot === undefined ? undefined : block.slots[slot];
  if (child instanceof QuestionNode) child.settle();
  else if (child instanceof RepeatNode) {
    if (!child.isRelevant() || depth + 1 >= slots.length) return;
    for (const instance of child.instances) settle(instance, slots, depth + 1);
  } else if (child instanceof BlockNode && child.isRelevant()) settle(child, slots, depth + 1);
}

import type { Expression } from '../expression/expression.ts';
import { nodesByName, nodesOf } from '../form-names.ts';
import type { FormNode, Group, Question } from '../model.ts';
import { typeRow } from '../types/question-types.ts';

/** What a client knows of its owner; and a step to whatever stands around, of which dependsOn tells no name. */
const reachesFurther = /\bproperty\s*\(|\.\.(?!\s*\/)|\/\/|::/;

/**
 * The questions whose answers are free text: nobody knows beforehand what they will say of whom. Those
 * of types whose answers are words, selects whose choices are other answers, and whatever is computed from one of
 * these, directly or through other calculations. To be computed from a group is to be computed from
 * all that is in it.
 */
export function freeTexts(root: Group, questions: readonly Question[]): ReadonlySet<Question> {
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

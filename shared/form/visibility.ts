import type { Audience, Question } from './model.ts';
import { typeRow } from './types/question-types.ts';
import { levelOf } from './place.ts';

/** What an audience sees of an answer: all of it, a place made less exact, or nothing. */
export type Shown = 'plain' | 'adm2' | 'adm1' | 'hidden';

const fromStrictest: readonly Shown[] = ['hidden', 'adm1', 'adm2', 'plain'];

/** Types whose answer is one point on the ground. */
export function isPoint({ type }: Question): boolean {
  return typeRow(type).place === 'point';
}

/** What one version of a form says about a question. */
export function shownBy(question: Question, audience: Audience): Shown {
  if (audience === 'coordinator') return 'plain';
  if (question.visibility === 'coordinator') return 'hidden';
  if (audience === 'members') return 'plain';
  if (question.visibility === 'members') return 'hidden';
  if (question.freeText && !question.reviewText) return 'hidden';
  const { precision } = question;
  const { place } = typeRow(question.type);
  if (place === 'point') return precision === 'exact' ? 'plain' : (precision ?? 'hidden');
  // A line or an area cannot be moved to a capital: it is shown as it is, or not at all.
  if (place !== 'none') return precision === 'exact' ? 'plain' : 'hidden';
  // Nor can a code be made less exact than its list is, and of a list of sites nobody knows.
  const level = levelOf(question);
  const wide = precision === 'adm1' ? level === 'adm1' : level !== undefined;
  return precision === undefined || precision === 'exact' || wide ? 'plain' : 'hidden';
}

/**
 * What is shown of an answer given to version `own` of a question whose newest version is `newest`:
 * the stricter of both. An answer given under one promise is not published under a wider one, and
 * what a form no longer shows, or no longer asks (undefined), disappears from what was said before.
 */
export function shownOf(own: Question, newest: Question | undefined, audience: Audience): Shown {
  if (newest === undefined) return audience === 'coordinator' ? 'plain' : 'hidden';
  const [one, other] = [shownBy(own, audience), shownBy(newest, audience)];
  return fromStrictest.indexOf(one) < fromStrictest.indexOf(other) ? one : other;
}

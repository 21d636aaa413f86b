import type { FormModel, FormNode, Group, Question, Repeat } from '../model.ts';
import { columnOf, textIn } from './form-changes.ts';

/** A question of the newer version, and what the older one has in its place. */
export interface QuestionPair {
  readonly after: Question;
  readonly before: Question;
  readonly how: 'same' | 'moved' | 'renamed';
}

export interface MatchedQuestions {
  /** By the newer question. */
  readonly pairs: ReadonlyMap<Question, QuestionPair>;
  /** Of the older version, in its order. */
  readonly removed: readonly Question[];
}

/**
 * Finds each question of a version in an older one: where it stands; else one of that name that stood
 * elsewhere; else, for it is likely the same, one of the same label and type. Only what is the one
 * candidate on both sides is matched.
 */
export function matchQuestions(before: FormModel, after: FormModel): MatchedQuestions {
  const pairs = new Map<Question, QuestionPair>();
  const older = new Map(before.questions.map((question) => [columnOf(question), question]));
  const left = new Set(before.questions);
  const pair = (question: Question, found: Question, how: QuestionPair['how']): void => {
    pairs.set(question, { after: question, before: found, how });
    left.delete(found);
  };
  for (const question of after.questions) {
    const found = older.get(columnOf(question));
    // A text that becomes a question, or the other way round, is no version of it.
    const alike = (found?.type === 'note') === (question.type === 'note');
    if (found !== undefined && alike) pair(question, found, 'same');
  }
  for (const [how, keyOf] of [
    ['moved', ({ name, type }: Question) => `${name}${type === 'note' ? ' note' : ''}`],
    ['renamed', likeness],
  ] as const) {
    const candidates = onlyOnes([...left], keyOf);
    const wanted = onlyOnes(
      after.questions.filter((question) => !pairs.has(question)),
      keyOf,
    );
    for (const [key, question] of wanted) {
      const found = candidates.get(key);
      if (found !== undefined) pair(question, found, how);
    }
  }
  return { pairs, removed: before.questions.filter((question) => left.has(question)) };
}

/** What two questions share that are likely one; undefined for those without a label. */
function likeness({ label, type }: Question): string | undefined {
  const text = textIn(label, 'fr').toLowerCase();
  return text === '' ? undefined : `${type}\n${text}`;
}

/** What no other one shares its key with, by key. */
function onlyOnes(
  questions: readonly Question[],
  keyOf: (question: Question) => string | undefined,
): ReadonlyMap<string, Question> {
  const found = new Map<string, Question | undefined>();
  for (const question of questions) {
    const key = keyOf(question);
    if (key !== undefined) found.set(key, found.has(key) ? undefined : question);
  }
  return new Map(
    [...found].flatMap(([key, question]) => (question === undefined ? [] : [[key, question]])),
  );
}

/** Every node below a group or a repeat, in the form's order, a block before what is in it. */
export function* nodesOf(block: Group | Repeat): Generator<FormNode> {
  for (const child of block.children) {
    yield child;
    if (child.kind !== 'question') yield* nodesOf(child);
  }
}

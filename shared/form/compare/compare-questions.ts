import {
  type FormModel,
  type FormNode,
  type Group,
  type Question,
  type Repeat,
  audiences,
  type ClientFacts,
} from '../model.ts';
import { columnOf, textIn, type FormChanges, sameTexts } from './form-changes.ts';
import type { Expression } from '../expression/expression.ts';
import type { ChangeMessageCode } from './change-messages.ts';
import { typeRow } from '../types/question-types.ts';

/** A question of the newer version, and what the older one has in its place. */
export interface QuestionPair {
  readonly after: Question;
  readonly before: Question;
  readonly how: 'same' | 'moved' | 'renamed';
}

interface MatchedQuestions {
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

const audienceWords = {
  public: { fr: 'tout le monde', en: 'everyone' },
  members: { fr: 'les membres', en: 'the members' },
  coordinator: { fr: 'la coordination', en: 'the coordinator' },
} as const;

const precisionWords = {
  hidden: { fr: 'cachée', en: 'hidden' },
  adm1: { fr: '`adm1`', en: '`adm1`' },
  adm2: { fr: '`adm2`', en: '`adm2`' },
  exact: { fr: '`exact`', en: '`exact`' },
} as const;

/** Expressions of a question, and what it means that one changed. */
const expressions = [
  ['relevant', 'relevant-changed'],
  ['calculation', 'calculation-changed'],
  ['choiceFilter', 'choice-filter-changed'],
] as const satisfies readonly (readonly [keyof Question, ChangeMessageCode])[];

/** Reports in what a question differs from what it was. */
export function compareQuestion({ before, after }: QuestionPair, changes: FormChanges): void {
  if (before.type !== after.type) reportType(before, after, changes);
  reportList(before, after, changes);
  reportVisibility(before, after, changes);
  reportPrecision(before, after, changes);
  if (!before.quasiIdentifier && after.quasiIdentifier) changes.add('quasi-identifier-set', after);
  if (before.quasiIdentifier && !after.quasiIdentifier) {
    changes.add('quasi-identifier-unset', after);
  }
  if (before.sensitive !== after.sensitive) {
    const code = after.sensitive > before.sensitive ? 'sensitive-raised' : 'sensitive-lowered';
    changes.add(code, after, String(before.sensitive), String(after.sensitive));
  }
  if (before.importance !== after.importance) {
    changes.add('importance-changed', after, String(before.importance), String(after.importance));
  }
  reportReviewText(before, after, changes);
  reportHxl(before, after, changes);
  reportRequired(before, after, changes);
  reportConstraint(before, after, changes);
  for (const [column, code] of expressions) {
    if (source(before[column]) !== source(after[column])) changes.add(code, after);
  }
  if (source(before.default) !== source(after.default)) changes.add('default-changed', after);
  if (!sameTexts(before.label, after.label)) changes.add('label-changed', after);
  if (isShownOtherwise(before, after)) changes.add('presentation-changed', after);
}

/** Reports in what a group or a repeat differs from what stood in its place. */
export function compareBlock(
  before: Group | Repeat,
  after: Group | Repeat,
  changes: FormChanges,
): void {
  if (before.kind === 'group' && after.kind === 'repeat') changes.add('group-became-repeat', after);
  if (before.kind === 'repeat' && after.kind === 'group') changes.add('repeat-became-group', after);
  if (source(before.relevant) !== source(after.relevant)) changes.add('relevant-changed', after);
  if (before.kind === 'repeat' && after.kind === 'repeat') {
    if (source(before.count) !== source(after.count)) changes.add('repeat-count-changed', after);
  }
  if (!sameTexts(before.label, after.label)) changes.add('label-changed', after);
  if (before.appearance !== after.appearance || !sameFacts(before.client, after.client)) {
    changes.add('presentation-changed', after);
  }
}

function reportType(before: Question, after: Question, changes: FormChanges): void {
  const [was, is] = [typeRow(before.type), typeRow(after.type)];
  const alike = was.shape === is.shape;
  const sameColumn = (was.place === 'point') === (is.place === 'point');
  const code = alike ? 'type-alike' : sameColumn ? 'type-changed' : 'type-changed-column';
  changes.add(code, after, `\`${before.type}\``, `\`${after.type}\``);
}

function reportList(before: Question, after: Question, changes: FormChanges): void {
  const [was, is] = [before.list?.name, after.list?.name];
  if (was === undefined || is === undefined || was === is) return;
  changes.add('list-switched', after, `\`${was}\``, `\`${is}\``);
}

function reportVisibility(before: Question, after: Question, changes: FormChanges): void {
  if (before.visibility === after.visibility || after.type === 'note') return;
  const widened = audiences.indexOf(after.visibility) < audiences.indexOf(before.visibility);
  changes.add(
    widened ? 'visibility-widened' : 'visibility-narrowed',
    after,
    audienceWords[before.visibility],
    audienceWords[after.visibility],
  );
}

const fromCoarsest = ['hidden', 'adm1', 'adm2', 'exact'] as const;

function isPlace({ type }: Question): boolean {
  return typeRow(type).place !== 'none';
}

/** What a precision left out means depends on the question: a place is hidden, a choice is shown as it is. */
function precisionOf(question: Question): (typeof fromCoarsest)[number] {
  return question.precision ?? (isPlace(question) ? 'hidden' : 'exact');
}

function reportPrecision(before: Question, after: Question, changes: FormChanges): void {
  const [was, is] = [precisionOf(before), precisionOf(after)];
  if (was === is || isPlace(before) !== isPlace(after)) return;
  const finer = fromCoarsest.indexOf(is) > fromCoarsest.indexOf(was);
  changes.add(
    finer ? 'precision-finer' : 'precision-coarser',
    after,
    precisionWords[was],
    precisionWords[is],
  );
}

function reportReviewText(before: Question, after: Question, changes: FormChanges): void {
  // Who sees it changes with its visibility, which is reported.
  if (before.visibility !== 'public' || after.visibility !== 'public') return;
  const [was, is] = [before, after].map(({ freeText, reviewText }) => !freeText || reviewText);
  if (was !== is) changes.add(is === true ? 'text-shown' : 'text-hidden', after);
}

function reportHxl(before: Question, after: Question, changes: FormChanges): void {
  const [was, is] = [before.hxl ?? '', after.hxl ?? ''];
  if (was === is) return;
  const code = was === '' ? 'hxl-added' : is === '' ? 'hxl-removed' : 'hxl-changed';
  changes.add(code, after, `\`${was}\``, `\`${is}\``);
}

function reportRequired(before: Question, after: Question, changes: FormChanges): void {
  const [was, is] = [before.required, after.required];
  if (source(was) === source(is)) return;
  if (was === false || is === true) changes.add('required-stricter', after);
  else changes.add(is === false || was === true ? 'required-looser' : 'required-changed', after);
}

function reportConstraint(before: Question, after: Question, changes: FormChanges): void {
  const limits = (question: Question): string =>
    question.type === 'range'
      ? ['start', 'end', 'step'].map((name) => question.parameters.get(name) ?? '').join(' ')
      : '';
  if (source(before.constraint) === source(after.constraint)) {
    if (before.type === after.type && limits(before) !== limits(after)) {
      changes.add('constraint-changed', after);
    }
    return;
  }
  changes.add(after.constraint === undefined ? 'constraint-removed' : 'constraint-changed', after);
}

/** An expression's text, or the fixed value that stands in its place. */
function source(value: Expression | string | boolean | undefined): string {
  if (value === undefined || value === false) return '';
  if (value === true) return 'true()';
  return typeof value === 'string' ? `'${value}'` : value.source;
}

function isShownOtherwise(before: Question, after: Question): boolean {
  const texts = ['hint', 'requiredMessage', 'constraintMessage'] as const;
  return (
    texts.some((column) => !sameTexts(before[column], after[column])) ||
    before.appearance !== after.appearance ||
    before.readonly !== after.readonly ||
    source(before.readonlyWhen) !== source(after.readonlyWhen) ||
    before.trigger.join('\n') !== after.trigger.join('\n') ||
    (before.type === after.type && !sameTexts(before.parameters, after.parameters)) ||
    !sameFacts(before.client, after.client)
  );
}

function sameFacts(before: ClientFacts, after: ClientFacts): boolean {
  if (before === after) return true;
  const maps = ['guidanceHint', 'bind', 'body', 'instance'] as const;
  return (
    maps.every((name) => sameTexts(before[name], after[name])) &&
    before.autoplay === after.autoplay &&
    before.intent === after.intent &&
    before.media.size === after.media.size &&
    [...before.media].every(([kind, files]) => {
      const others = after.media.get(kind);
      return others !== undefined && sameTexts(files, others);
    })
  );
}

import {
  compareBlock,
  compareQuestion,
  matchQuestions,
  nodesOf,
  type QuestionPair,
} from './compare-questions.ts';
import { compareSettings } from './compare-settings.ts';
import {
  columnOf,
  FormChanges,
  type FormChange,
  shortened,
  textIn,
  sameTexts,
} from './form-changes.ts';
import type { FormModel, FormNode, Group, Question, Repeat, Choice, ChoiceList } from '../model.ts';

/**
 * What changes from one version of a form to another, and what it means for the answers that are
 * there: the settings first, then the newer form's questions in their order, then what it no longer
 * asks. At most `maxChanges` (form-changes.ts). Its time grows with the two forms, no faster.
 */
export function compareForms(before: FormModel, after: FormModel): readonly FormChange[] {
  const changes = new FormChanges();
  const matched = matchQuestions(before, after);
  const blocks = new Map(
    [...nodesOf(before.root)].flatMap((node): [string, Group | Repeat][] =>
      node.kind === 'question' ? [] : [[columnOf(node), node]],
    ),
  );
  compareSettings(before, after, changes);
  if (isReordered(after, matched.pairs)) changes.add('order-changed', null);
  const moves = movesOf(matched.pairs);
  const lists = listPairs(matched.pairs.values());
  for (const node of nodesOf(after.root)) {
    if (node.kind !== 'question') {
      const block = blocks.get(columnOf(node));
      if (block !== undefined) compareBlock(block, node, changes);
      continue;
    }
    const pair = matched.pairs.get(node);
    if (pair === undefined) {
      changes.add(node.type === 'note' ? 'note-added' : 'question-added', node);
      continue;
    }
    if (pair.how === 'renamed' && node.type !== 'note') {
      changes.add('question-renamed', node, columnOf(pair.before));
    }
    reportMove(moves.get(node), changes);
    compareQuestion(pair, changes);
    for (const lost of lists.get(node) ?? []) compareLists(node, lost, changes);
  }
  for (const question of matched.removed) {
    changes.add(question.type === 'note' ? 'note-removed' : 'question-removed', question);
  }
  return changes.all();
}

interface Move {
  readonly first: QuestionPair;
  others: number;
}

/** Questions that moved together, from one group to another, are reported once, at the first one. */
function movesOf(pairs: ReadonlyMap<Question, QuestionPair>): ReadonlyMap<FormNode, Move> {
  const byWay = new Map<string, Move>();
  for (const pair of pairs.values()) {
    if (pair.how !== 'moved' || pair.after.type === 'note') continue;
    const way = `${parentOf(pair.before)}\n${parentOf(pair.after)}`;
    const move = byWay.get(way);
    if (move === undefined) byWay.set(way, { first: pair, others: 0 });
    else move.others += 1;
  }
  return new Map([...byWay.values()].map((move) => [move.first.after, move]));
}

function reportMove(move: Move | undefined, changes: FormChanges): void {
  if (move === undefined) return;
  const { first, others } = move;
  if (others === 0) {
    changes.add('question-moved', first.after, columnOf(first.before));
    return;
  }
  const parent = parentOf(first.before);
  const top = { fr: 'le premier niveau', en: 'the top level' };
  changes.add(
    'questions-moved',
    first.after,
    String(others),
    parent === '' ? top : `\`${parent}\``,
  );
}

function parentOf({ path }: Question): string {
  return path.slice(0, -1).join('/');
}

/** Whether questions that both versions have at the same place stand in another order. */
function isReordered(after: FormModel, pairs: ReadonlyMap<Question, QuestionPair>): boolean {
  let last = 0;
  for (const question of after.questions) {
    const pair = pairs.get(question);
    if (pair?.how !== 'same') continue;
    if (pair.before.row < last) return true;
    last = pair.before.row;
  }
  return false;
}

/** The list that a question had, and the one that it has. */
interface ListPair {
  readonly before: ChoiceList;
  readonly after: ChoiceList;
}

/** How many choices a sentence names. */
const mostNamed = 5;

/**
 * The lists to compare, by the first question that uses them: questions that share a list would
 * else report the same again.
 */
function listPairs(pairs: Iterable<QuestionPair>): ReadonlyMap<Question, readonly ListPair[]> {
  const compared = new Map<ChoiceList, Set<ChoiceList>>();
  const found = new Map<Question, ListPair[]>();
  for (const { before, after } of pairs) {
    if (before.list === undefined || after.list === undefined) continue;
    const partners = compared.get(before.list) ?? new Set<ChoiceList>();
    compared.set(before.list, partners);
    if (partners.has(after.list)) continue;
    partners.add(after.list);
    found.set(after, [...(found.get(after) ?? []), { before: before.list, after: after.list }]);
  }
  return found;
}

/** Reports which choices a question's list has lost and got, and which ones say something else now. */
function compareLists(question: Question, { before, after }: ListPair, changes: FormChanges): void {
  const name = `\`${shortened(after.name)}\``;
  const lost = [...before.byName.values()].filter((choice) => !after.byName.has(choice.name));
  const got = [...after.byName.values()].filter((choice) => !before.byName.has(choice.name));
  const relabelled: Choice[] = [];
  const changed: Choice[] = [];
  for (const choice of after.byName.values()) {
    const old = before.byName.get(choice.name);
    if (old === undefined) continue;
    if (!sameTexts(old.label, choice.label)) relabelled.push(choice);
    if (!sameTexts(old.columns, choice.columns)) changed.push(choice);
  }
  if (lost.length > 0) changes.add('choices-removed', question, name, named(lost));
  if (got.length > 0) changes.add('choices-added', question, name, named(got));
  if (relabelled.length > 0) changes.add('choices-relabelled', question, name, named(relabelled));
  if (changed.length > 0) changes.add('choices-changed', question, name, named(changed));
}

function named(choices: readonly Choice[]): { readonly fr: string; readonly en: string } {
  const rest = choices.length - mostNamed;
  const listed = (language: 'fr' | 'en'): string =>
    choices
      .slice(0, mostNamed)
      .map(({ name, label }) => {
        const text = textIn(label, language);
        const code = `\`${shortened(name)}\``;
        return text === '' ? code : `${code} (${text})`;
      })
      .join(', ');
  return {
    fr: rest > 0 ? `${listed('fr')} et ${rest} autres` : listed('fr'),
    en: rest > 0 ? `${listed('en')} and ${rest} more` : listed('en'),
  };
}

import { shortened, textIn, type FormChanges } from './form-changes.ts';
import type { QuestionPair } from './match-questions.ts';
import type { Choice, ChoiceList, Question } from '../model.ts';
import { sameTexts } from './same-texts.ts';

/** The list that a question had, and the one that it has. */
export interface ListPair {
  readonly before: ChoiceList;
  readonly after: ChoiceList;
}

/** How many choices a sentence names. */
const mostNamed = 5;

/**
 * The lists to compare, by the first question that uses them: questions that share a list would
 * else tell the same again.
 */
export function listPairs(
  pairs: Iterable<QuestionPair>,
): ReadonlyMap<Question, readonly ListPair[]> {
  const told = new Map<ChoiceList, Set<ChoiceList>>();
  const found = new Map<Question, ListPair[]>();
  for (const { before, after } of pairs) {
    if (before.list === undefined || after.list === undefined) continue;
    const partners = told.get(before.list) ?? new Set<ChoiceList>();
    told.set(before.list, partners);
    if (partners.has(after.list)) continue;
    partners.add(after.list);
    found.set(after, [...(found.get(after) ?? []), { before: before.list, after: after.list }]);
  }
  return found;
}

/** Tells which choices a question's list has lost and got, and which ones say something else now. */
export function compareLists(
  question: Question,
  { before, after }: ListPair,
  changes: FormChanges,
): void {
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

import type { Choice } from '../../form/model.ts';
import type { Translations } from '../../text.ts';
import type { Column } from './audience-view.ts';

const notInOneLine = /[\s\p{Cc}]+/gu;

/**
 * What a label says in the first of these languages that it has, on one line; '' if in none. A form
 * may be translated in part.
 */
export function labelIn(label: Translations, languages: readonly string[]): string {
  for (const language of languages) {
    const text = (label.get(language) ?? '').replaceAll(notInOneLine, ' ').trim().toWellFormed();
    if (text !== '') return text;
  }
  return '';
}

/**
 * Headers for people: labels of questions, else their technical names. Where two would be the same,
 * or one as a header in `taken`, the technical name tells them apart. No two are the same.
 */
export function labelledHeaders(
  columns: readonly Column[],
  languages: readonly string[],
  taken: readonly string[] = [],
): readonly string[] {
  const wanted = columns.map(({ label, cell, header }) => {
    const text = labelIn(label, languages);
    if (text === '') return header;
    return cell === undefined ? text : `${text} (${cell})`;
  });
  return distinctTexts(
    wanted,
    columns.map(({ header }) => header),
    taken,
  );
}

/** Labels of choices by code. Two choices with the same label stay apart: the code is added. */
export function choiceLabels(
  choices: ReadonlyMap<string, Choice>,
  languages: readonly string[],
): ReadonlyMap<string, string> {
  const codes = [...choices.keys()];
  const wanted = [...choices].map(([code, { label }]) => labelIn(label, languages) || code);
  const labels = distinctTexts(wanted, codes, []);
  return new Map(codes.map((code, index) => [code, labels[index] ?? code]));
}

/** Adds the name, in parentheses, to texts that are not alone; then numbers, if even that is not enough. */
function distinctTexts(
  texts: readonly string[],
  names: readonly string[],
  taken: readonly string[],
): readonly string[] {
  const counts = new Map(taken.map((text) => [text, 1]));
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const seen = new Set(taken);
  return texts.map((text, index) => {
    const name = names[index] ?? '';
    const base = (counts.get(text) ?? 0) > 1 && text !== name ? `${text} (${name})` : text;
    let distinct = base;
    for (let number = 2; seen.has(distinct); number += 1) distinct = `${base}_${number}`;
    seen.add(distinct);
    return distinct;
  });
}

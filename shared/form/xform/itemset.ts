import type { Question } from '../model.ts';
import { printXPath } from './print-xpath.ts';
import { textWithPaths } from './references-in-text.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes } from './xml-text.ts';

/** Where a select takes its choices from; '' for a question without choices. */
export function itemset(question: Question, parts: XFormParts): string {
  const { list, choiceFilter, path } = question;
  if (list === undefined) return '';
  const filter =
    choiceFilter === undefined
      ? ''
      : `[${printXPath(choiceFilter.source, { paths: parts.paths, from: path, predicate: true })}]`;
  const name = list.name.includes("'") ? `"${list.name}"` : `'${list.name}'`;
  const { value, label } = parts.lists.columnsOf(list);
  return write(question, parts, { nodeset: `instance(${name})/root/item${filter}`, value, label });
}

function write(
  { parameters, path }: Question,
  parts: XFormParts,
  { nodeset, value, label }: { nodeset: string; value: string; label: string },
): string {
  const seed = parameters.get('seed');
  const random = parameters.get('randomize')?.toLowerCase() === 'true';
  const shuffled =
    seed === undefined
      ? `randomize(${nodeset})`
      : `randomize(${nodeset}, ${textWithPaths(seed, parts.paths, path)})`;
  const attributes = xmlAttributes([['nodeset', random ? shuffled : nodeset]]);
  return `<itemset${attributes}><value${xmlAttributes([['ref', value]])}/><label${xmlAttributes([['ref', label]])}/></itemset>`;
}

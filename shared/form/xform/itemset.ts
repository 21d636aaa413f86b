import type { Expression } from '../expression/expression.ts';
import type { Question } from '../model.ts';
import { printXPath } from './print-xpath.ts';
import { textWithPaths } from './references-in-text.ts';
import { listShown } from './secondary-instances.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes } from '../../xml-text.ts';

interface Source {
  readonly nodeset: string;
  readonly value: string;
  readonly label: string;
}

/** Where a select takes its choices from; '' for a question without choices. */
export function itemset(question: Question, parts: XFormParts): string {
  const source = ofList(question, parts) ?? ofAnswers(question, parts);
  if (source === undefined) return '';
  const { parameters, path } = question;
  const seed = parameters.get('seed');
  const order = seed === undefined ? '' : `, ${textWithPaths(seed, parts.paths, path)}`;
  const isRandom = parameters.get('randomize')?.toLowerCase() === 'true';
  const nodeset = isRandom ? `randomize(${source.nodeset}${order})` : source.nodeset;
  const ref = (tag: string, column: string): string =>
    `<${tag}${xmlAttributes([['ref', column]])}/>`;
  return `<itemset${xmlAttributes([['nodeset', nodeset]])}>${ref('value', source.value)}${ref('label', source.label)}</itemset>`;
}

function ofList(question: Question, parts: XFormParts): Source | undefined {
  const list = listShown(question, parts.model);
  if (list === undefined) return undefined;
  const { choiceFilter } = question;
  const name = list.name.includes("'") ? `"${list.name}"` : `'${list.name}'`;
  const filter = choiceFilter === undefined ? '' : `[${filterOf(choiceFilter, question, parts)}]`;
  return { nodeset: `instance(${name})/root/item${filter}`, ...parts.lists.columnsOf(list) };
}

/** The answers to a question of a repeat as choices: those that are there, unless a filter says which. */
function ofAnswers(question: Question, parts: XFormParts): Source | undefined {
  const { choicesFrom, choiceFilter, path } = question;
  const source = choicesFrom === undefined ? undefined : parts.paths.inRepeat(choicesFrom, path);
  if (source === undefined) return undefined;
  const { repeat, nodeset, value } = source;
  const filter =
    choiceFilter === undefined
      ? `./${value} != ''`
      : filterOf(choiceFilter, question, parts, repeat);
  return { nodeset: `${nodeset}[${filter}]`, value, label: value };
}

function filterOf(
  { source }: Expression,
  { path }: Question,
  { paths }: XFormParts,
  items?: readonly string[],
): string {
  return printXPath(source, { paths, from: path, predicate: true, items });
}

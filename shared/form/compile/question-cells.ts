import { answerShapes } from '../types/answer-shapes.ts';
import { isWhole, readYesNo } from './cell-values.ts';
import { isDynamicDefault } from './default-value.ts';
import { bareFileName } from './client-facts.ts';
import type { Expression } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { listExtension } from '../lists/list-file-name.ts';
import type { ChoiceList } from '../model.ts';
import type { OutlineQuestion } from './outline.ts';
import { namesIn } from './parse-cell.ts';
import { plainType } from '../types/read-type.ts';
import type { SheetRow } from './sheet.ts';
import type { SurveyContext } from './survey-context.ts';

const hxlTag = /^#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*$/i;

/** `select_one ${name}`: the question, in a repeat, whose answers are the choices. */
export function choicesFromOf(node: OutlineQuestion): string | undefined {
  if (node.type.choices === 'none' || node.source !== 'choices') return undefined;
  const [only, ...others] = namesIn(node.list);
  return only !== undefined && others.length === 0 && node.list.endsWith('}') ? only : undefined;
}

/** The list of choices that a question names. */
export function listOf(
  node: OutlineQuestion,
  parameters: ReadonlyMap<string, string>,
  context: SurveyContext,
): ChoiceList | undefined {
  const { row, type, list, source } = node;
  if (type.choices === 'none') return undefined;
  const { lists, listFiles, issues, mentions } = context;
  const place = row.place('type');
  const from = choicesFromOf(node);
  if (node.orOther && (source !== 'choices' || from !== undefined)) {
    issues.add('other-not-here', place);
  }
  if (list === '') {
    issues.add('missing-list', place, row.text('type'));
  } else if (from !== undefined) {
    mentions.push({ name: from, place, of: 'repeated question' });
  } else if (source === 'file') {
    if (listExtension(list) === undefined) issues.add('bad-list-file', place, list);
    const told = row.text('parameters') === '' ? place : row.place('parameters');
    return listFiles.listOf(list, parameters, told);
  } else {
    const found = lists.get(list);
    if (found !== undefined && source === 'external') issues.add('external-inside', place, list);
    if (found !== undefined) return found;
    if (/\s/.test(list)) issues.add('bad-list-name', place, list);
    else issues.add('unknown-list', place, list, issues.near(list, context.knownLists));
  }
  return undefined;
}

const columnsOfLists = new WeakMap<ChoiceList, ReadonlySet<string>>();

/** What a choice filter can name: looked up once, because many questions filter the same long list. */
function columnsOf(list: ChoiceList): ReadonlySet<string> {
  const known = columnsOfLists.get(list);
  if (known !== undefined) return known;
  const columns = new Set(list.file === undefined ? ['name', 'label'] : []);
  for (const choice of list.choices)
    for (const column of choice.columns.keys()) columns.add(column);
  columnsOfLists.set(list, columns);
  return columns;
}

/** A choice filter; its bare names must be columns of the list, if the list is there. */
export function readChoiceFilter(
  node: OutlineQuestion,
  list: ChoiceList | undefined,
  context: SurveyContext,
): Expression | undefined {
  const written = context.parse(node.row, 'choice_filter');
  // No row of the list has the columns that would let `other` through.
  const filter =
    written === undefined || !node.orOther
      ? written
      : parseExpression(`(${written.source}) or name = 'other'`);
  if (filter === undefined || list === undefined || list.choices.length === 0) return filter;
  const columns = columnsOf(list);
  for (const name of filter.bareNames) {
    if (columns.has(name)) continue;
    const near = context.issues.near(name, columns);
    context.issues.add('unknown-filter-column', node.row.place('choice_filter'), name, near);
  }
  return filter;
}

/** A question that an expression locks is open here: that lock holds in the client alone. */
export function readReadonly(
  row: SheetRow,
  { parse }: SurveyContext,
): { readonly readonly: boolean; readonly readonlyWhen: Expression | undefined } {
  const fixed = readYesNo(row.text('readonly'));
  const readonlyWhen = fixed === undefined ? parse(row, 'readonly') : undefined;
  return { readonly: fixed ?? false, readonlyWhen };
}

/** The default: an expression, or a fixed value, which should be an answer of the question's type. */
export function readDefault(
  node: OutlineQuestion,
  context: SurveyContext,
): string | Expression | undefined {
  const { row, type, name } = node;
  const text = row.text('default');
  if (text === '') return undefined;
  if (isDynamicDefault(text, type)) return context.parse(row, 'default');
  const place = row.place('default');
  if (type.default === 'file of the form') context.files.add(bareFileName(text), 'media', place);
  else if (type.default !== 'any text' && answerShapes[type.shape].parse(text) === undefined) {
    context.issues.add('bad-default', place, text, `${type.type} (${name})`);
  }
  return text;
}

const triggers = /^(?:\$\{[^${}#]{1,200}\}\s*(?:,\s*|$))+$/;

export function readTrigger(
  { row, name }: OutlineQuestion,
  { mentions, issues }: SurveyContext,
): readonly string[] {
  const text = row.text('trigger');
  // The type background-geopoint takes the position at some answer, start-geopoint at the start.
  if (text === '' && plainType(row.text('type')) === 'background-geopoint') {
    issues.add('missing-trigger', row.place('trigger'), name);
  }
  if (text === '') return [];
  if (!triggers.test(text)) issues.add('bad-trigger', row.place('trigger'), text);
  const names = namesIn(text);
  for (const name of names) mentions.push({ name, place: row.place('trigger'), of: 'trigger' });
  return names;
}

/** A column that says yes or no; empty: no. */
export function readFlag(
  column: 'quasi_identifier' | 'review_text',
  row: SheetRow,
  { issues }: SurveyContext,
): boolean {
  const text = row.text(column);
  const read = readYesNo(text);
  if (read === undefined) issues.add('bad-yes-no', row.place(column), text, 'yes, no');
  return read ?? false;
}

/** Column `sensitive`: the l of l-diversity, 2 if it only says yes; 0: its answers are not sensitive. */
export function readSensitive(row: SheetRow, { issues }: SurveyContext): number {
  const text = row.text('sensitive');
  const said = readYesNo(text);
  if (said !== undefined) return said ? 2 : 0;
  if (isWhole(text, 2, 1000)) return Number(text);
  issues.add('bad-sensitive', row.place('sensitive'), text);
  return 0;
}

const usualImportance = 3;

/** Column `importance`: 1 (the first to be made coarser) to 5 (the last). */
export function readImportance(row: SheetRow, { issues }: SurveyContext): number {
  const text = row.text('importance');
  if (text === '') return usualImportance;
  if (isWhole(text, 1, 5)) return Number(text);
  issues.add('bad-importance', row.place('importance'), text);
  return usualImportance;
}

export function readHxl(row: SheetRow, { issues }: SurveyContext): string | undefined {
  const text = row.text('hxl');
  if (text === '') return undefined;
  if (!hxlTag.test(text)) issues.add('bad-hxl', row.place('hxl'), text);
  return text.replaceAll(/\s+/g, '').toLowerCase();
}

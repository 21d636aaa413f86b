import { answerShapes } from './answer-shapes.ts';
import { readYesNo } from './cell-values.ts';
import { isDynamicDefault } from './default-value.ts';
import type { Expression } from './expression/expression.ts';
import type { ChoiceList } from './model.ts';
import type { OutlineQuestion } from './outline.ts';
import { mentionsInText, namesIn } from './parse-cell.ts';
import type { SheetRow } from './sheet.ts';
import type { SurveyContext } from './survey-context.ts';

const hxlTag = /^#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*$/i;

/** The list of choices that a question names. */
export function listOf(node: OutlineQuestion, context: SurveyContext): ChoiceList | undefined {
  const { row, type, list } = node;
  if (type.list !== true) return undefined;
  const { lists, issues } = context;
  const found = lists.get(list);
  if (list === '') issues.add('missing-list', row.place('type'), row.text('type'));
  else if (found === undefined) {
    issues.add('unknown-list', row.place('type'), list, issues.near(list, lists.keys()));
  }
  return found;
}

/** A choice filter; its bare names must be columns of the list. */
export function readChoiceFilter(
  node: OutlineQuestion,
  context: SurveyContext,
): Expression | undefined {
  const filter = context.parse(node.row, 'choice_filter');
  const choices = context.lists.get(node.list)?.choices;
  if (filter === undefined || choices === undefined) return filter;
  const columns = new Set([
    'name',
    'label',
    ...choices.flatMap(({ columns }) => [...columns.keys()]),
  ]);
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
  if (isDynamicDefault(text, type.type)) return context.parse(row, 'default');
  const shape = answerShapes[type.shape];
  if (type.shape !== 'none' && type.shape !== 'attachment' && shape.parse(text) === undefined) {
    context.issues.add('bad-default', row.place('default'), text, `${type.type} (${name})`);
  }
  return text;
}

export function readTrigger(row: SheetRow, { mentions }: SurveyContext): readonly string[] {
  mentionsInText(row, 'trigger', mentions);
  return namesIn(row.text('trigger'));
}

export function readQuasiIdentifier(row: SheetRow, { issues }: SurveyContext): boolean {
  const text = row.text('quasi_identifier');
  const read = readYesNo(text);
  if (read === undefined) {
    issues.add('bad-yes-no', row.place('quasi_identifier'), text, 'yes, no');
  }
  return read ?? false;
}

export function readHxl(row: SheetRow, { issues }: SurveyContext): string | undefined {
  const text = row.text('hxl');
  if (text === '') return undefined;
  if (!hxlTag.test(text)) issues.add('bad-hxl', row.place('hxl'), text);
  return text.replaceAll(/\s+/g, '').toLowerCase();
}

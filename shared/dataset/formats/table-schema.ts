import type { JsonObject, JsonValue } from '../../json.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';
import { choiceLabels, labelIn } from '../rows/column-labels.ts';
import type { Column } from '../rows/audience-view.ts';
import { languagesFrom, type CsvColumn, type CsvVariant } from './csv-columns.ts';
import type { AudienceTables, MetaColumn } from '../rows/audience-row.ts';
import type { TableFacts } from './table-facts.ts';

const types: Readonly<Record<ColumnKind, string>> = {
  text: 'string',
  code: 'string',
  codes: 'list',
  integer: 'integer',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  dateTime: 'datetime',
  file: 'string',
  json: 'string',
};

/** Longer lists would be most of the description. */
const mostCategories = 1_000;

/** A field about the record: never empty but what not every version tells the audience. */
export function metaField({ header, kind }: Pick<MetaColumn, 'header' | 'kind'>): JsonObject {
  return { name: header, type: types[kind] };
}

/**
 * A field of a Table Schema (Data Package 2.0): as exact as the rows are. `facts` undefined: nothing
 * is promised but text.
 */
export function answerField(
  { header, column, choice }: CsvColumn,
  variant: CsvVariant,
  { languages }: Pick<AudienceTables, 'languages'>,
  facts: TableFacts | undefined,
): JsonObject {
  const order = languagesFrom(variant.language, languages);
  const title = labelIn(column.label, order);
  const titles = languages.flatMap(({ code }) => {
    const text = labelIn(column.label, [code]);
    return text === '' ? [] : [[code, text] as const];
  });
  const hint = labelIn(column.field.question.hint, order);
  const described = {
    name: header,
    ...(title === '' ? {} : { title }),
    ...(titles.length < 2 ? {} : { titles: Object.fromEntries(titles) }),
    ...(hint === '' ? {} : { description: hint }),
  };
  if (choice !== undefined) {
    return { ...described, choice, type: 'integer', constraints: { minimum: 0, maximum: 1 } };
  }
  const { unfit, missing } = facts ?? { unfit: undefined, missing: undefined };
  if (unfit?.has(column) !== false) return { ...described, type: 'string' };
  const isRequired = missing?.has(column) === false && column.field.question.required === true;
  return {
    ...described,
    ...typeOf(column, variant, order),
    ...(isRequired ? { constraints: { required: true } } : {}),
  };
}

function typeOf(
  { kind, choices }: Column,
  { language }: CsvVariant,
  order: readonly string[],
): JsonObject {
  const labels = choiceLabels(choices, order);
  if (kind === 'codes') {
    return language === undefined
      ? { type: 'list', delimiter: ' ', itemType: 'string' }
      : { type: 'string' };
  }
  if (kind !== 'code' || choices.size === 0 || choices.size > mostCategories) {
    return { type: types[kind] };
  }
  const categories = [...labels].map(([code, label]): JsonValue =>
    language === undefined ? { value: code, label } : label,
  );
  return { type: 'string', categories };
}

import { choiceColumns } from './columns.ts';
import type { Vocabularies } from './compile-choices.ts';
import type { FormDefinition, Row } from '../definition.ts';
import type { FormIssues } from '../issues/form-issues.ts';
import type { HeadingLanguage } from '../languages.ts';
import { readSheet, type SheetRow } from './sheet.ts';

export interface ChoiceRows {
  /** Those of the form, of the vocabularies that it uses and of `external_choices`. */
  readonly rows: readonly SheetRow[];
  readonly languages: readonly HeadingLanguage[];
  /** The choices sheet with the vocabularies in it. */
  readonly sheet: readonly Row[];
  /** Lists of the form's own choices sheet, with their first row. */
  readonly own: ReadonlyMap<string, SheetRow>;
  /** Every list. */
  readonly names: ReadonlySet<string>;
}

/**
 * Reads the rows of every list of choices. A list that is `wanted` and that the form's own sheets lack
 * is taken from the vocabulary of that name.
 */
export function readChoiceRows(
  definition: FormDefinition,
  wanted: Iterable<string>,
  vocabularies: Vocabularies,
  issues: FormIssues,
): ChoiceRows {
  const options = {
    columns: choiceColumns,
    required: ['list_name', 'name'],
    issues,
    others: 'kept',
  } as const;
  const choices = readSheet(definition.choices, { ...options, sheet: 'choices' });
  const external = readSheet(definition.external_choices ?? [], {
    ...options,
    sheet: 'external_choices',
  });
  const own = firstRows(choices.rows);
  const others = firstRows(external.rows);
  for (const [name, row] of others) {
    if (own.has(name)) issues.add('list-name-taken', row.place('list_name'), name, 'choices');
  }
  const missing = [...new Set(wanted)].filter((name) => !own.has(name) && !others.has(name));
  const inlined = missing.flatMap((name) => vocabularyRows(name, vocabularies));
  const before = definition.choices.length;
  const added = readSheet(inlined, { ...options, sheet: 'choices', before });
  const inlinedNames = missing.filter((name) => vocabularies.has(name));
  return {
    rows: [...choices.rows, ...added.rows, ...external.rows],
    languages: [...choices.languages, ...added.languages, ...external.languages],
    sheet: inlined.length === 0 ? definition.choices : [...definition.choices, ...inlined],
    own,
    names: new Set([...own.keys(), ...others.keys(), ...inlinedNames]),
  };
}

/** The rows of vocabularies as rows of the choices sheet, under the name of their list. */
function vocabularyRows(name: string, vocabularies: Vocabularies): Row[] {
  return (vocabularies.get(name) ?? []).map((row) => {
    return { ...row, list_name: name };
  });
}

function firstRows(rows: readonly SheetRow[]): Map<string, SheetRow> {
  const first = new Map<string, SheetRow>();
  for (const row of rows) {
    const list = row.text('list_name');
    if (list !== '' && !first.has(list)) first.set(list, row);
  }
  return first;
}

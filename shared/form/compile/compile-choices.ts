import type { Translations } from '../../text.ts';
import { readMedia } from './question-cells.ts';
import type { Row, FormDefinition } from '../definition.ts';
import { type FileNeeds, listNameOf } from '../lists/form-files.ts';
import type { FormIssues } from '../form-issues.ts';
import type { Choice, ChoiceList } from '../model.ts';
import { isName } from './node-names.ts';
import { mentionsInText, type Mention } from './parse-cell.ts';
import { type SheetRow, readSheet } from './read-sheet.ts';
import { choiceColumns } from './columns.ts';
import type { HeadingLanguage } from '../languages.ts';
import type { ListFiles, ListRead } from '../lists/list-files.ts';
import type { Outline, OutlineQuestion } from './outline.ts';

/** Lists that forms share, by name: rows of the choices sheet without their `list_name`. */
export type Vocabularies = ReadonlyMap<string, readonly Row[]>;

interface ChoiceOptions {
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  /** The setting `allow_choice_duplicates`: the same code may stand under several filters. */
  readonly duplicates: boolean;
  /** Lists of select_multiple and rank: their codes are parted by spaces. */
  readonly withoutSpaces: ReadonlySet<string>;
  /** Lists of questions with `or_other`. */
  readonly withOther: ReadonlySet<string>;
  readonly files: FileNeeds;
  readonly mentions: Mention[];
}

const otherLabels: ReadonlyMap<string, string> = new Map([
  ['fr', 'Autre'],
  ['en', 'Other'],
]);

/** Builds every list of the choices sheet. */
export function compileChoices(
  rows: readonly SheetRow[],
  options: ChoiceOptions,
  issues: FormIssues,
): ReadonlyMap<string, ChoiceList> {
  const lists = new Map<string, Choice[]>();
  const firstRows = new Map<string, Map<string, number>>();
  const columns = new ChoiceColumns(issues);
  for (const row of rows) {
    const list = row.text('list_name');
    const name = row.text('name');
    if (list === '') {
      issues.add('missing-list-name', row.place('list_name'));
      continue;
    }
    const choices = lists.get(list) ?? [];
    const seen = firstRows.get(list) ?? new Map<string, number>();
    lists.set(list, choices);
    firstRows.set(list, seen);
    if (!isChoiceName(row, list, seen.get(name), options, issues)) continue;
    seen.set(name, row.row);
    const label = row.translations('label', options.defaultLanguage);
    mentionsInText(row, 'label', options.mentions);
    const media = readMedia(row, options.defaultLanguage, options.files);
    // A choice may be a picture alone.
    if (label.size > 0 || media.size === 0) checkLabel(row, label, options, issues);
    choices.push({ name, label, columns: columns.of(row), media });
  }
  return new Map([...lists].map(([name, choices]) => [name, toList(name, choices, options)]));
}

function isChoiceName(
  row: SheetRow,
  list: string,
  before: number | undefined,
  options: ChoiceOptions,
  issues: FormIssues,
): boolean {
  const name = row.text('name');
  if (name === '') {
    issues.add('missing-choice-name', row.place('name'));
    return false;
  }
  if (name.length > 200 || /\p{Cc}/u.test(name) || !name.isWellFormed()) {
    issues.add('invalid-choice-name', row.place('name'), name);
    return false;
  }
  if (options.withoutSpaces.has(list) && /\s/.test(name)) {
    issues.add('choice-with-space', row.place('name'), name);
  }
  if (before === undefined || options.duplicates) return true;
  issues.add('duplicate-choice', row.place('name'), name, String(before));
  return false;
}

function checkLabel(
  row: SheetRow,
  label: Translations,
  { languages }: ChoiceOptions,
  issues: FormIssues,
): void {
  if (label.size === 0) issues.add('missing-label', row.place('label'), row.text('name'));
  else if (label.size < languages.length) {
    const missing = languages.filter((language) => !label.has(language)).join(', ');
    issues.add('missing-translation', row.place('label'), row.text('name'), missing);
  }
}

/** The further columns of choices: elements in an XForm, so that their headings must be names. */
class ChoiceColumns {
  readonly #issues: FormIssues;
  readonly #fit = new Map<string, boolean>();

  constructor(issues: FormIssues) {
    this.#issues = issues;
  }

  of(row: SheetRow): ReadonlyMap<string, string> {
    for (const heading of row.others.keys()) {
      if (this.#fits(heading, row)) continue;
      return new Map([...row.others].filter(([other]) => this.#fits(other, row)));
    }
    return row.others;
  }

  #fits(heading: string, { sheet }: SheetRow): boolean {
    const known = this.#fit.get(heading);
    if (known !== undefined) return known;
    const fits = isName(heading);
    this.#fit.set(heading, fits);
    if (!fits) this.#issues.add('bad-choice-column', { sheet, row: 1, column: heading }, heading);
    return fits;
  }
}

function toList(name: string, choices: readonly Choice[], options: ChoiceOptions): ChoiceList {
  const all = [...choices];
  if (options.withOther.has(name) && !choices.some((choice) => choice.name === 'other')) {
    const label = new Map(
      options.languages.map((language) => [language, otherLabels.get(language) ?? 'Other']),
    );
    all.push({ name: 'other', label, columns: new Map(), media: new Map() });
  }
  const byName = new Map<string, Choice>();
  for (const choice of all) if (!byName.has(choice.name)) byName.set(choice.name, choice);
  return {
    name,
    file: undefined,
    valueColumn: 'name',
    labelColumn: 'label',
    choices: all,
    byName,
  };
}

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

/** Lists that may come from vocabularies: those of selects and of expressions, but for list files. */
export function wantedLists(
  outline: Outline,
  selects: readonly OutlineQuestion[],
  reads: readonly ListRead[],
): Set<string> {
  const ofFiles = selects.filter(({ source }) => source === 'file').map(({ list }) => list);
  const inFiles = new Set([...ofFiles, ...outline.data.map(({ file }) => file)].map(listNameOf));
  const named = [
    ...selects.filter(({ source }) => source === 'choices').map(({ list }) => list),
    ...reads.map(({ name }) => name).filter((name) => !inFiles.has(name)),
  ];
  return new Set(named);
}

/** Notes every list file that the form names: in a type, as data, or in pulldata(). */
export function needListFiles(
  listFiles: ListFiles,
  outline: Outline,
  selects: readonly OutlineQuestion[],
  reads: readonly ListRead[],
  choices: ChoiceRows,
  issues: FormIssues,
): void {
  const named = [
    ...selects
      .filter(({ source, list }) => source === 'file' && listNameOf(list) !== list)
      .map(({ list, row }) => ({ file: list, place: row.place('type') })),
    ...outline.data.map(({ file, row }) => ({ file, place: row.place('name') })),
  ];
  for (const { file, place } of named) {
    const name = listNameOf(file);
    if (choices.names.has(name)) issues.add('list-name-taken', place, file, name);
    else listFiles.need(file, place);
  }
  for (const { name, pulled, place } of reads) {
    if (!pulled) continue;
    if (choices.names.has(name)) issues.add('pulled-inside', place, name);
    else if (!listFiles.has(listNameOf(name))) listFiles.need(`${listNameOf(name)}.csv`, place);
  }
}

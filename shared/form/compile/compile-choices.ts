import type { Translations } from '../../text.ts';
import { readMedia } from './client-facts.ts';
import type { Row } from '../definition.ts';
import type { FileNeeds } from '../lists/file-needs.ts';
import type { FormIssues } from '../issues/form-issues.ts';
import type { Choice, ChoiceList } from '../model.ts';
import { isName } from './node-names.ts';
import { mentionsInText, type Mention } from './parse-cell.ts';
import type { SheetRow } from './sheet.ts';

/** Lists that forms share, by name: rows of the choices sheet without their `list_name`. */
export type Vocabularies = ReadonlyMap<string, readonly Row[]>;

export interface ChoiceOptions {
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

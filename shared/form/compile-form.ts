import { checkCycles, checkMentions, checkSettings } from './check-references.ts';
import { settingColumns, surveyColumns } from './columns.ts';
import {
  compileChoices,
  readChoices,
  vocabularyRows,
  type Vocabularies,
} from './compile-choices.ts';
import { allowsDuplicates, compileSettings } from './compile-settings.ts';
import { compileSurvey } from './compile-survey.ts';
import { contentVersion } from './content-version.ts';
import type { FormDefinition, Row } from './definition.ts';
import { FileNeeds } from './file-needs.ts';
import { FormIssues } from './form-issues.ts';
import { defaultLanguageCode, type HeadingLanguage } from './languages.ts';
import type { FormIssue, FormModel } from './model.ts';
import { readOutline, type OutlineBlock, type OutlineQuestion } from './outline.ts';
import { cellParser, type Mention } from './parse-cell.ts';
import { readSheet, SheetRow } from './sheet.ts';

export interface CompiledForm {
  /** Undefined if there are errors. */
  readonly model: FormModel | undefined;
  /** The definition with the vocabularies that it uses among its choices: whole by itself for ever. */
  readonly definition: FormDefinition;
  readonly errors: readonly FormIssue[];
  readonly warnings: readonly FormIssue[];
}

/**
 * Checks a form and makes it ready to run. Reports every fault at once, each with its sheet, row (1 is
 * the header) and column. A list that the form's own choices lack is taken from the vocabulary of
 * that name.
 */
export function compileForm(
  formId: string,
  written: FormDefinition,
  vocabularies: Vocabularies,
): CompiledForm {
  const issues = new FormIssues();
  const mentions: Mention[] = [];
  const files = new FileNeeds(issues);
  const parse = cellParser(issues, mentions);
  const options = { issues, others: 'reported' } as const;
  const survey = readSheet(written.survey, { ...options, sheet: 'survey', columns: surveyColumns });
  const outline = readOutline(survey.rows, issues);
  const selects = [...questionsOf(outline.root)].filter((question) => question.type.list === true);
  const definition = withVocabularies(written, selects, vocabularies);
  const settingsSheet = {
    issues,
    sheet: 'settings',
    columns: settingColumns,
    others: 'kept',
  } as const;
  const settingsRow =
    readSheet([definition.settings], settingsSheet).rows[0] ?? new SheetRow('settings', 2);
  const choices = readChoices(definition.choices, issues);

  const headings = [...survey.languages, ...choices.languages];
  const hasPlain = [...survey.rows, ...choices.rows].some((row) => row.hasPlain('label'));
  const defaultLanguage = languageOfPlain(settingsRow.text('default_language'), headings, hasPlain);
  const languages = [
    ...new Set([
      ...(hasPlain || headings.length === 0 ? [defaultLanguage] : []),
      ...headings.map((language) => language.code),
    ]),
  ];
  const listsOf = (fits: (question: OutlineQuestion) => boolean): ReadonlySet<string> =>
    new Set(selects.filter(fits).map((question) => question.list));
  const lists = compileChoices(
    choices.rows,
    {
      defaultLanguage,
      languages,
      duplicates: allowsDuplicates(settingsRow),
      withoutSpaces: listsOf((question) => question.type.shape === 'codes'),
      withOther: listsOf((question) => question.orOther),
      files,
    },
    issues,
  );
  const compiled = compileSurvey(outline.root, {
    ...{ defaultLanguage, languages, lists, parse, mentions, files, issues },
  });
  const version = contentVersion(definition);
  const settings = compileSettings(settingsRow, {
    formId,
    version,
    defaultLanguage,
    parse,
    issues,
  });

  if (compiled.questions.length === 0 && outline.lost.size === 0) {
    issues.add('empty-form', { sheet: 'survey', row: 1, column: 'type' });
  }
  checkMentions(compiled.root, lists, mentions, outline.lost, issues);
  checkCycles(compiled.root, new Map(survey.rows.map((row) => [row.row, row])), issues);
  checkSettings(settingsRow, settings, compiled.questions, outline.lost, issues);

  const { errors, warnings } = issues;
  const model: FormModel = {
    formId,
    version: settings.version,
    settings,
    languages,
    ...compiled,
    lists,
    files: files.all(),
  };
  return { model: errors.length === 0 ? model : undefined, definition, errors, warnings };
}

function* questionsOf(block: OutlineBlock): Generator<OutlineQuestion> {
  for (const child of block.children) {
    if (child.kind === 'question') yield child;
    else yield* questionsOf(child);
  }
}

/** Lists that expressions read: `instance('regions')/root/item[…]`, `pulldata('regions', …)`. */
const listMention = /(?:instance|pulldata)\(\s*(?:'([^']+)'|"([^"]+)")/g;

function withVocabularies(
  definition: FormDefinition,
  selects: readonly OutlineQuestion[],
  vocabularies: Vocabularies,
): FormDefinition {
  const own = new Set(
    readChoices(definition.choices, new FormIssues()).rows.map((row) => row.text('list_name')),
  );
  const wanted = new Set(selects.map((question) => question.list));
  for (const cell of definition.survey.flatMap((row: Row) => Object.values(row))) {
    if (typeof cell !== 'string' || !cell.includes('(')) continue;
    for (const [, single, double] of cell.matchAll(listMention)) wanted.add(single ?? double ?? '');
  }
  const inlined = [...wanted]
    .filter((name) => !own.has(name) && vocabularies.has(name))
    .flatMap((name) => vocabularyRows(name, vocabularies));
  return { ...definition, choices: [...definition.choices, ...inlined] };
}

/**
 * The language of headings that name none. A form that has both `label` and `label::Français (fr)`
 * without the setting speaks a language of which nothing is known: `default`, as pyxform says.
 */
function languageOfPlain(
  setting: string,
  headings: readonly HeadingLanguage[],
  hasPlain: boolean,
): string {
  const fallback = defaultLanguageCode(setting, hasPlain ? [] : headings);
  const taken =
    setting === '' && hasPlain && headings.some((language) => language.code === fallback);
  return taken ? 'default' : fallback;
}

import { checkIdentifying } from './check-identifying.ts';
import {
  checkCycles,
  checkEntities,
  checkMentions,
  checkSettings,
  checkUnusedLists,
} from './check-references.ts';
import { readChoiceRows, type ChoiceRows } from './choice-rows.ts';
import { settingColumns, surveyColumns } from './columns.ts';
import { compileChoices, type Vocabularies } from './compile-choices.ts';
import { allowsDuplicates, compileSettings, isRead } from './compile-settings.ts';
import { compileSurvey } from './compile-survey.ts';
import { contentVersion } from './content-version.ts';
import type { FormDefinition } from '../definition.ts';
import { FileNeeds } from '../lists/file-needs.ts';
import { FormIssues } from '../issues/form-issues.ts';
import { defaultLanguageCode, languageNames, type HeadingLanguage } from '../languages.ts';
import { needListFiles, wantedLists } from './form-lists.ts';
import { ListFiles, type FileRows } from '../lists/list-files.ts';
import { knownPrefixes } from '../namespaces.ts';
import { listsRead } from '../lists/lists-read.ts';
import type { FormIssue, FormModel } from '../model.ts';
import { outlineQuestions, readOutline, type OutlineQuestion } from './outline.ts';
import { cellParser, type Mention } from './parse-cell.ts';
import { readSheet, SheetRow } from './sheet.ts';

export interface CompiledForm {
  /** Undefined if there are errors. */
  readonly model: FormModel | undefined;
  /**
   * The same whatever the errors: of a definition that was right when it was stored, so that a rule that
   * came later closes no form.
   */
  readonly asStored: FormModel;
  /** The definition with the vocabularies and list files that it uses: whole by itself for ever. */
  readonly definition: FormDefinition;
  readonly errors: readonly FormIssue[];
  readonly warnings: readonly FormIssue[];
}

/**
 * Checks a form and makes it ready to run. Reports every fault at once, each with its sheet, row (1 is
 * the header) and column. A list that the form's own choices lack is taken from the vocabulary of
 * that name; the rows of a list file from `files`, else from the definition, if it was compiled
 * before, else the list is empty, with the warning `missing-file`.
 */
export function compileForm(
  formId: string,
  written: FormDefinition,
  vocabularies: Vocabularies,
  files: FileRows = new Map(),
): CompiledForm {
  const issues = new FormIssues();
  const mentions: Mention[] = [];
  const needs = new FileNeeds(issues);
  const parse = cellParser(issues, mentions);
  const survey = readSheet(written.survey, {
    ...{ issues, sheet: 'survey', columns: surveyColumns },
    required: ['type'],
    others: 'reported',
  });
  const outline = readOutline(survey.rows, issues);
  const selects = [...outlineQuestions(outline.root)].filter(({ type }) => type.choices !== 'none');
  const settingsRow =
    readSheet([written.settings], {
      ...{ issues, sheet: 'settings', columns: settingColumns },
      others: 'kept',
    }).rows[0] ?? new SheetRow('settings', 2);
  const reads = listsRead(written);
  const choices = readChoiceRows(
    written,
    wantedLists(outline, selects, reads),
    vocabularies,
    issues,
  );

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
  const choiceLists = compileChoices(
    choices.rows,
    {
      defaultLanguage,
      languages,
      duplicates: allowsDuplicates(settingsRow),
      withoutSpaces: listsOf((question) => question.type.shape === 'codes'),
      withOther: listsOf((question) => question.orOther),
      files: needs,
      mentions,
    },
    issues,
  );
  const listFiles = new ListFiles((file) => files.get(file) ?? storedRows(written, file), {
    ...{ needs, issues, defaultLanguage },
  });
  needListFiles(listFiles, outline, selects, reads, choices, issues);
  const compiled = compileSurvey(outline.root, {
    ...{ defaultLanguage, languages, parse, mentions, issues },
    ...{ lists: choiceLists, files: needs, listFiles },
    knownLists: [...choiceLists.keys(), ...vocabularies.keys()],
    prefixes: knownPrefixes(settingsRow.text('namespaces')),
    isRead: isRead(settingsRow),
  });
  const lists = new Map([...choiceLists, ...listFiles.lists()]);
  const definition = wholeDefinition(written, choices, listFiles);
  const settings = compileSettings(settingsRow, {
    ...{ formId, defaultLanguage, parse, issues },
    version: () => contentVersion(definition),
  });

  if (compiled.questions.length === 0 && outline.lost.size === 0 && !survey.unreadable) {
    issues.add('empty-form', { sheet: 'survey', row: 1, column: 'type' });
  }
  checkEntities(written, survey.rows, issues);
  checkMentions(compiled.root, lists, mentions, outline.lost, issues);
  checkUnusedLists(choices.own, compiled.questions, mentions, issues);
  checkCycles(compiled.root, new Map(survey.rows.map((row) => [row.row, row])), issues);
  checkSettings(settingsRow, settings, compiled.questions, outline.lost, issues);

  const model: FormModel = {
    formId,
    version: settings.version,
    settings,
    languages,
    languageNames: languageNames(settingsRow.text('default_language'), headings),
    ...compiled,
    lists,
    files: needs.all(),
  };
  checkIdentifying(model, { survey: survey.rows, settings: settingsRow }, issues);
  const { errors, warnings } = issues.inOrder();
  return {
    ...{ model: errors.length === 0 ? model : undefined, asStored: model },
    ...{ definition, errors, warnings },
  };
}

function storedRows({ files }: FormDefinition, file: string): FormDefinition['survey'] | undefined {
  return files !== undefined && Object.hasOwn(files, file) ? files[file] : undefined;
}

/** The definition with everything that it is compiled from. */
function wholeDefinition(
  written: FormDefinition,
  choices: ChoiceRows,
  listFiles: ListFiles,
): FormDefinition {
  const whole: FormDefinition = { ...written, choices: [...choices.sheet] };
  const files = listFiles.used();
  delete whole.files;
  return files === undefined ? whole : { ...whole, files };
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

import { loadEngines } from '../expression/engines.ts';
import {
  checkIdentifying,
  checkCycles,
  checkEntities,
  checkMentions,
  checkSettings,
  checkUnusedLists,
} from './check-references.ts';
import {
  readChoiceRows,
  type ChoiceRows,
  compileChoices,
  type Vocabularies,
  needListFiles,
  wantedLists,
} from './compile-choices.ts';
import { settingColumns, surveyColumns } from './columns.ts';
import { allowsDuplicates, compileSettings, isRead } from './compile-settings.ts';
import { compileSurvey } from './compile-survey.ts';
import type { FormDefinition } from '../definition.ts';
import { FileNeeds } from '../lists/form-files.ts';
import { FormIssues } from '../form-issues.ts';
import { defaultLanguageCode, languageNames, type HeadingLanguage } from '../languages.ts';
import { ListFiles, type FileRows, listsRead } from '../lists/list-files.ts';
import { knownPrefixes } from '../namespaces.ts';
import type { FormIssue, FormModel } from '../model.ts';
import { outlineQuestions, readOutline, type OutlineQuestion } from './outline.ts';
import { cellParser, type Mention } from './parse-cell.ts';
import { readSheet, SheetRow } from './read-sheet.ts';
import { canonicalJson } from '../../json.ts';

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

/** Loads what the expressions of a form need: to be awaited before compileForm. */
export async function loadEnginesOf({ survey, settings }: FormDefinition): Promise<void> {
  const cells = [...survey, settings].flatMap((row) => Object.values(row));
  await loadEngines(cells.filter((cell) => typeof cell === 'string'));
}

/**
 * Checks a form, whose engines are loaded, and makes it ready to run. Reports all errors at once, each with its sheet, row (1 is
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
    issues,
    sheet: 'survey',
    columns: surveyColumns,
    required: ['type'],
    others: 'reported',
  });
  const outline = readOutline(survey.rows, issues);
  const selects = [...outlineQuestions(outline.root)].filter(({ type }) => type.choices !== 'none');
  const settingsRow =
    readSheet([written.settings], {
      issues,
      sheet: 'settings',
      columns: settingColumns,
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
    needs,
    issues,
    defaultLanguage,
  });
  needListFiles(listFiles, outline, selects, reads, choices, issues);
  const compiled = compileSurvey(outline.root, {
    defaultLanguage,
    languages,
    parse,
    mentions,
    issues,
    lists: choiceLists,
    files: needs,
    listFiles,
    knownLists: [...choiceLists.keys(), ...vocabularies.keys()],
    prefixes: knownPrefixes(settingsRow.text('namespaces')),
    isRead: isRead(settingsRow),
  });
  const lists = new Map([...choiceLists, ...listFiles.lists()]);
  const definition = wholeDefinition(written, choices, listFiles);
  const settings = compileSettings(settingsRow, {
    formId,
    defaultLanguage,
    parse,
    issues,
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
    model: errors.length === 0 ? model : undefined,
    asStored: model,
    definition,
    errors,
    warnings,
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

/**
 * A version for a form that states none: a digest (cyrb53) of its content, so that equal forms have
 * equal versions. Not node:crypto, because browsers compile forms too and nothing secret hangs on it.
 */
function contentVersion(definition: FormDefinition): string {
  const { survey, choices, settings, external_choices: external, files } = definition;
  const text = canonicalJson({
    survey,
    choices,
    settings,
    ...(external === undefined ? {} : { external_choices: external }),
    ...(files === undefined ? {} : { files }),
  });
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return `${hex(low)}${hex(high)}`;
}

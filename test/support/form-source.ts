import { compileForm, type CompiledForm } from '../../shared/form/compile/compile-form.ts';
import type { Row } from '../../shared/form/definition.ts';
import { emptyGlossary, type Glossary } from '../../shared/form/validate/glossary.ts';
import type { FormModel } from '../../shared/form/model.ts';
import { validateAnswers, type Validated } from '../../shared/form/validate/validate.ts';
import type { JsonValue } from '../../shared/json.ts';
import './engines.ts';

/** A form as a few rows; rows without a label get their name for one. */
export interface FormSource {
  readonly survey: readonly Row[];
  readonly choices?: readonly Row[];
  readonly settings?: Row;
  /** The sheet external_choices. */
  readonly external?: readonly Row[];
  /** Rows of list files. */
  readonly files?: ReadonlyMap<string, readonly Row[]>;
}

export function compileSource(
  { survey, choices = [], settings = {}, external, files }: FormSource,
  vocabularies: ReadonlyMap<string, readonly Row[]> = new Map(),
): CompiledForm {
  const labelled = (row: Row): Row => ({ label: String(row['name'] ?? ''), ...row });
  return compileForm(
    'test-form',
    {
      survey: survey.map(labelled),
      choices: choices.map(labelled),
      settings,
      ...(external === undefined ? {} : { external_choices: external.map(labelled) }),
    },
    vocabularies,
    files,
  );
}

/** The model of a form that must be right. */
export function modelOf(
  source: FormSource,
  vocabularies?: ReadonlyMap<string, readonly Row[]>,
): FormModel {
  const { model, errors } = compileSource(source, vocabularies);
  if (model === undefined) throw new Error(JSON.stringify(errors));
  return model;
}

export const testNow = new Date('2026-11-21T12:00:00.000Z');

export function validated(
  model: FormModel,
  answers: JsonValue,
  glossary: Glossary = emptyGlossary,
): Validated {
  return validateAnswers(model, answers, { now: testNow, uuid: () => 'one-uuid', glossary });
}

/** What is wrong and where, for short. */
export const told = (issues: readonly { pointer: string; code: string }[]): string[] =>
  issues.map(({ pointer, code }) => `${pointer} ${code}`);

/** Rows of one list of choices. */
export const list = (name: string, ...codes: string[]): Row[] =>
  codes.map((code) => ({ list_name: name, name: code }));

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import { RowSchema } from '../../shared/form/definition-schema.ts';
import { readYaml } from '../../shared/form/files/read-yaml.ts';
import './engines.ts';

const forms = new URL('../../forms/', import.meta.url);

const VocabularyFile = z.strictObject({
  list_name: z.string(),
  source: z.string().min(1),
  rows: z.array(RowSchema).min(1),
});
export type VocabularyFile = z.infer<typeof VocabularyFile>;

/** Ids of the forms in the folder `forms`: its YAML files but the plan. */
export function formsInFolder(): readonly string[] {
  return readdirSync(forms)
    .filter((file) => file.endsWith('.yaml') && file !== 'plan.yaml')
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

export function readForm(formId: string): FormDefinition {
  return readYaml(readFileSync(new URL(`${formId}.yaml`, forms), 'utf8'));
}

/** Every vocabulary of the folder `forms/vocabularies`, by the name of its file. */
export function readVocabularies(): ReadonlyMap<string, VocabularyFile> {
  const folder = new URL('vocabularies/', forms);
  const files = readdirSync(folder).sort();
  return new Map(
    files.map((file) => [
      file.slice(0, -'.yaml'.length),
      VocabularyFile.parse(parse(readFileSync(new URL(file, folder), 'utf8'))),
    ]),
  );
}

/** The same as compileForm takes them: rows by the name of their list. */
export function vocabularyRows(): ReadonlyMap<string, readonly Row[]> {
  return new Map([...readVocabularies().values()].map(({ list_name, rows }) => [list_name, rows]));
}

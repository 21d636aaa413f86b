import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import type { FormDefinition, Row } from '../shared/form/definition.ts';
import { RowSchema } from '../shared/form/definition-schema.ts';
import { readYaml } from '../shared/form/files/read-yaml.ts';
import type { JsonValue } from '../shared/json.ts';

/** What Fiche brings along: everything in the folder `forms`. */
export interface BuiltIn {
  readonly vocabularies: ReadonlyMap<string, readonly Row[]>;
  /** By form id. */
  readonly forms: ReadonlyMap<string, FormDefinition>;
  readonly activities: readonly { readonly instanceId: string; readonly answers: JsonValue }[];
}

const folder = new URL('../forms/', import.meta.url);
const planFile = 'plan.yaml';

const Vocabulary = z.object({ list_name: z.string(), rows: z.array(RowSchema) });
const Plan = z.object({
  activities: z.array(z.object({ instanceId: z.string(), answers: z.json() })),
});

export async function readBuiltIn(): Promise<BuiltIn> {
  const vocabularies = new Map<string, readonly Row[]>();
  for (const file of await yamlFiles('vocabularies/')) {
    const { list_name, rows } = Vocabulary.parse(parse(await read(`vocabularies/${file}`)));
    vocabularies.set(list_name, rows);
  }
  const forms = new Map<string, FormDefinition>();
  for (const file of await yamlFiles('')) {
    if (file !== planFile) forms.set(file.replace(/\.yaml$/, ''), readYaml(await read(file)));
  }
  // Dates stay texts: YAML 1.2's core schema has none.
  const { activities } = Plan.parse(parse(await read(planFile), { schema: 'core' }));
  return { vocabularies, forms, activities };
}

const read = (file: string): Promise<string> => readFile(new URL(file, folder), 'utf8');

async function yamlFiles(path: string): Promise<string[]> {
  const names = await readdir(new URL(path, folder));
  return names.filter((name) => name.endsWith('.yaml')).sort();
}

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { formsInFolder } from './forms-folder.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';

const Answers = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null);

const Fixture = z.object({
  formId: z.string(),
  valid: z.array(
    z.object({
      instanceId: z.string(),
      answers: Answers,
      warnings: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
    }),
  ),
  invalid: z.array(
    z.object({
      answers: Answers,
      expect: z.array(z.object({ pointer: z.string(), code: z.string() })),
    }),
  ),
});
export type Fixture = z.infer<typeof Fixture>;

/** Every form of the folder forms/, by its id. */
export const builtInForms: readonly string[] = formsInFolder();

/** Answers to a built-in form, drawn from the network's own papers: ones that are right, ones that are not. */
export function fixtureOf(formId: string): Fixture {
  const file = new URL(`../fixtures/${formId}.json`, import.meta.url);
  return Fixture.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The same initiative under another title: other content under the same instanceId. */
export function retitled(answers: JsonObject, title: string): JsonObject {
  const what = answers['what'];
  if (!isJsonObject(what)) throw new Error('An initiative says what it is about.');
  return { ...answers, what: { ...what, title } };
}

import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import type { FormModel } from '../model.ts';

/** Where a form's question of consent stands; undefined: it names one that it lacks. */
export type ConsentPath = readonly string[] | undefined;

/** The question that must say yes before answers to this version are shown: none if it names none. */
export function consentOf({ settings, questions }: FormModel): readonly ConsentPath[] {
  if (settings.consent === undefined) return [];
  return [questions.find(({ name }) => name === settings.consent)?.path];
}

const yes: ReadonlySet<string> = new Set(['yes', 'oui', 'true', 'ok']);

/** Consent is an answer `yes`, `oui`, `true` or that of an acknowledge, `OK`; anything else is none. */
export function saysYes(answers: JsonObject, path: ConsentPath): boolean {
  if (path === undefined) return false;
  let value: JsonValue | undefined = answers;
  for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
  return value === true || (typeof value === 'string' && yes.has(value.toLowerCase()));
}

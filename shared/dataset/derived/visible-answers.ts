import type { Audience } from '../../form/model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { FormRow } from '../rows/form-rows.ts';
import { nestedAnswers } from '../rows/instance.ts';
import type { Disclosure } from '../disclosure/disclosure.ts';

/**
 * The answers of a record as an audience sees them: hidden questions are not there, places are as
 * exact as they may be. What derived datasets are made from, so that they show no more than the
 * form's own dataset. Undefined: the audience does not see the record.
 */
export function visibleAnswers(
  row: FormRow,
  audience: Audience,
  disclosure: Disclosure | undefined,
): JsonObject | undefined {
  if (!row.seenBy[audience]) return undefined;
  if (audience === 'public' && disclosure?.decide(row).isPublished === false) return undefined;
  const answers = parse(nestedAnswers(row.plan.views[audience].members, row.instance));
  return isJsonObject(answers) ? answers : undefined;
}

function parse(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text) as JsonValue;
  return value;
}

import type { Audience } from '../../form/model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { FormRow } from '../form-rows.ts';
import { nestedAnswers } from '../nested-answers.ts';
import type { RareCombinations } from '../rare-combinations.ts';

/**
 * The answers of a record as an audience sees them: hidden questions are not there, places are as
 * exact as they may be. What derived datasets are made from, so that they show no more than the
 * form's own dataset. Undefined: the audience does not see the record.
 */
export function visibleAnswers(
  row: FormRow,
  audience: Audience,
  rare: RareCombinations | undefined,
): JsonObject | undefined {
  if (!row.seenBy[audience]) return undefined;
  const withhold = audience === 'public' && rare?.has(row) === true;
  const view = withhold ? row.plan.withheld : row.plan.views[audience];
  const answers = parse(nestedAnswers(view.members, row.instance));
  return isJsonObject(answers) ? answers : undefined;
}

function parse(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text) as JsonValue;
  return value;
}

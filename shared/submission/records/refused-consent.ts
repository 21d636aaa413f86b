import { consentOf, saysYes } from '../../form/validate/consent.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { FormModel } from '../../form/model.ts';
import type { JsonObject } from '../../json.ts';
import type { SubmissionStores } from './submission-deps.ts';
import { modelFor } from './open-submission.ts';
import type { Submission } from './submission.ts';
import { parseAnswers } from './submission-view.ts';

/**
 * Whether consent is refused in a revision: a no holds until a version that asks has had a yes, for
 * who edits answers under a version that does not ask has said nothing new about it. Nothing where no
 * version has asked. `earlier` is the revision that these answers replace.
 */
export async function refusalOf(
  deps: SubmissionStores,
  form: FormRecord,
  { model, content }: { readonly model: FormModel; readonly content: JsonObject },
  earlier?: Submission,
): Promise<Pick<Submission, 'refused'>> {
  const now = refusalIn(model, content);
  if (now !== undefined) return { refused: now };
  if (earlier === undefined) return {};
  // Heads that an earlier release wrote say nothing of it.
  const before =
    earlier.refused ??
    refusalIn(await modelFor(deps, form, earlier.formVersion), parseAnswers(earlier));
  return before === undefined ? {} : { refused: before };
}

/** Whether these answers refuse consent; undefined: that version of the form does not ask. */
function refusalIn(model: FormModel, answers: JsonObject): boolean | undefined {
  const paths = consentOf(model);
  return paths.length === 0 ? undefined : !paths.every((path) => saysYes(answers, path));
}

import { Fault } from '../../fault.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { FormModel } from '../../form/model.ts';
import { validateAnswers } from '../../form/validate/validate.ts';
import type { JsonObject } from '../../json.ts';
import { claimIssues } from './attachment-issues.ts';
import { attachmentPointers, attachmentsAt } from '../records/attachments.ts';
import type { Sent } from '../records/content-hash.ts';
import type { SubmissionDeps, SubmissionStores } from '../records/submission-deps.ts';
import type { Issue } from '../records/submission.ts';

/** Answers that keep to the form, as they are stored. Pointers of warnings begin with `/answers`. */
export interface CheckedAnswers {
  readonly formVersion: string;
  readonly model: FormModel;
  /** Calculations done again, answers to questions that are not relevant dropped. */
  readonly content: JsonObject;
  /** JSON pointers, into the answers, of those that are attachments. */
  readonly attachments: readonly string[];
  readonly warnings: readonly Issue[];
  /** Where a submission with these answers stands, once it is whole, before anyone has reviewed it. */
  readonly state: 'received' | 'accepted';
}

/**
 * Checks what was sent against its version of the form, or `defaultVersion`, or the current one.
 * Returns, and does not throw, the Fault `invalid-body` (no such version) or `invalid-answers`: who
 * calls may still find that the very same was accepted long ago.
 */
export async function checkAnswers(
  deps: SubmissionDeps,
  form: FormRecord,
  sent: Sent,
  defaultVersion?: string,
): Promise<CheckedAnswers | Fault> {
  const known = (wanted: string | undefined): boolean =>
    form.versions.some(({ version }) => version === wanted);
  // Of a draft only the newest version is kept: answers to one before are corrected to that.
  const unnamed = known(defaultVersion) ? defaultVersion : form.versions.at(-1)?.version;
  const formVersion = sent.formVersion ?? unnamed;
  if (formVersion === undefined || !known(formVersion)) {
    return new Fault('invalid-body', {
      errors: [
        {
          pointer: '/formVersion',
          code: 'unknown-version',
          message: {
            fr: 'Cette version de la fiche n’a pas été publiée.',
            en: 'That version of the form has not been published.',
          },
        },
      ],
    });
  }
  const model = await deps.forms.modelOf(form, formVersion);
  const { answers, errors, warnings } = validateAnswers(model, sent.answers, {
    now: deps.clock(),
    uuid: deps.newId,
    glossary: await deps.forms.glossary(),
  });
  if (errors.length > 0) return new Fault('invalid-answers', { errors: errors.map(inBody) });
  const attachments = attachmentPointers(model, answers);
  const claims =
    attachments.length === 0 ? [] : claimIssues(model, attachmentsAt(answers, attachments));
  if (claims.length > 0) return new Fault('invalid-answers', { errors: claims });
  return {
    formVersion,
    model,
    content: answers,
    attachments,
    warnings: warnings.map(inBody),
    state: await stateBeforeReview(deps, form, model),
  };
}

/**
 * Where answers to `model` stand before anyone has reviewed them. Who chooses an older version
 * chooses its questions, not whether anyone looks at the answers.
 */
export async function stateBeforeReview(
  deps: SubmissionStores,
  form: FormRecord,
  model: FormModel,
): Promise<'received' | 'accepted'> {
  const newest = await deps.forms.modelOf(form);
  const reviewed = [model, newest].some(({ settings }) => settings.review === 'required');
  return reviewed ? 'received' : 'accepted';
}

/** Validation points into the answers, a request and a submission hold them as `answers`. */
export function inBody(issue: Issue): Issue {
  return { ...issue, pointer: `/answers${issue.pointer}` };
}

import { Fault } from '../fault.ts';
import type { FormRecord } from '../form/form-record.ts';
import { validateAnswers } from '../form/validate.ts';
import type { Sent } from './content-hash.ts';
import type { SubmissionDeps } from './deps.ts';
import type { Issue, SubmissionState } from './submission.ts';

/** Answers that keep to the form, as they are stored. Pointers of warnings begin with `/answers`. */
export interface CheckedAnswers {
  readonly formVersion: string;
  /** JSON text: calculations done again, answers to questions that are not relevant dropped. */
  readonly answers: string;
  readonly warnings: readonly Issue[];
  /** Where a submission with these answers stands before anyone has reviewed it. */
  readonly state: SubmissionState & ('received' | 'accepted');
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
  const formVersion = sent.formVersion ?? defaultVersion ?? form.versions.at(-1)?.version;
  if (formVersion === undefined || !form.versions.some(({ version }) => version === formVersion)) {
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
  // Who chooses an older version chooses its questions, not whether anyone looks at the answers.
  const newest = await deps.forms.modelOf(form);
  const reviewed = [model, newest].some(({ settings }) => settings.review === 'required');
  return {
    formVersion,
    answers: JSON.stringify(answers),
    warnings: warnings.map(inBody),
    state: reviewed ? 'received' : 'accepted',
  };
}

/** Validation points into the answers, a request and a submission hold them as `answers`. */
function inBody(issue: Issue): Issue {
  return { ...issue, pointer: `/answers${issue.pointer}` };
}

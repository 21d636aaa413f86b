import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import { checkAnswers } from './attachments/check-answers.ts';
import { actHash, type Sent } from './records/content-hash.ts';
import type { SubmissionDeps } from './records/submission-deps.ts';
import { placeAttachments } from './attachments/attachment-state.ts';
import { refusalOf } from './records/refused-consent.ts';
import { reviseSubmission } from './records/revise-submission.ts';
import type { Issue, Submission } from './records/submission.ts';

/**
 * Replaces the answers of a submission, which is then to be reviewed again (or accepted, if its form
 * wants no review); the decision on the answers before stays in the history. Its own organisation
 * may do so and the coordinator, also after the form was closed (a review may ask for a correction),
 * and after it was withdrawn, which undoes that. Without `formVersion` the submission keeps the one
 * it has. What a phone sent stays listed among the files; the phone's own edits are refused from then
 * on, for they would undo this one.
 *
 * Throws Fault `not-found`, `erased`, `stale-revision`, `invalid-body`, `invalid-answers`,
 * `record-too-large`.
 */
export async function editSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
  revision: number,
  sent: Sent,
): Promise<{ submission: Submission; warnings: readonly Issue[] }> {
  const { formVersion, answers } = sent;
  const submission = await reviseSubmission(
    deps,
    principal,
    { formId, instanceId, revision },
    {
      hash: actHash('edit', { formVersion: formVersion ?? null, answers }),
      sent: answers,
      next: async ({ form, submission: current }) => {
        const checked = await checkAnswers(deps, form, sent, current.formVersion);
        if (checked instanceof Fault) throw checked;
        const content = await placeAttachments(deps, { formId, instanceId }, checked, current);
        return {
          ...content,
          ...(await refusalOf(deps, form, checked, current)),
          formId: current.formId,
          instanceId: current.instanceId,
          organisation: current.organisation,
          receivedAt: current.receivedAt,
          contentHash: current.contentHash,
          ...(current.xml === undefined ? {} : { xml: current.xml }),
        };
      },
    },
  );
  return { submission, warnings: submission.issues };
}

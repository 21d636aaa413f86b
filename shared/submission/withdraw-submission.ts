import type { Principal } from '../access/principal.ts';
import { actHash } from './records/content-hash.ts';
import type { SubmissionDeps } from './records/submission-deps.ts';
import { reviseSubmission } from './records/revise-submission.ts';
import type { Submission } from './records/submission.ts';

/**
 * Takes a submission out of every dataset to come. It stays readable, with its history, and an edit
 * brings it back; to make it disappear is to erase it. One that is withdrawn already stays as it is.
 *
 * Throws Fault `not-found`, `erased`, `stale-revision`.
 */
export async function withdrawSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
  revision: number,
): Promise<Submission> {
  return reviseSubmission(
    deps,
    principal,
    { formId, instanceId, revision },
    {
      hash: actHash('withdraw'),
      next: ({ submission }) =>
        submission.state === 'withdrawn' ? undefined : { ...submission, state: 'withdrawn' },
    },
  );
}

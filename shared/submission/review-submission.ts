import * as z from 'zod';
import { authorise } from '../access/policy.ts';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import { actHash } from './records/content-hash.ts';
import type { SubmissionDeps } from './records/submission-deps.ts';
import { reviseSubmission } from './records/revise-submission.ts';
import type { Submission, SubmissionState } from './records/submission.ts';

/** What a reviewer says. Whoever must change something has to be told what. */
export const ReviewRequest = z.strictObject({
  decision: z.enum(['accept', 'needs-changes', 'reject']),
  note: z.string().trim().max(10_000).optional(),
});
export type ReviewRequest = z.infer<typeof ReviewRequest>;

const stateAfter = {
  accept: 'accepted',
  'needs-changes': 'needs-changes',
  reject: 'rejected',
} as const satisfies Record<ReviewRequest['decision'], SubmissionState>;

/**
 * Accepts a submission, sends it back or rejects it. For the coordinator.
 *
 * Throws Fault `forbidden`, `invalid-body` (no note where one is needed), `not-found`, `erased`,
 * `stale-revision`, `conflict` (it is withdrawn), `record-too-large`.
 */
export async function reviewSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
  revision: number,
  { decision, note }: ReviewRequest,
): Promise<Submission> {
  authorise('coordinator', principal);
  const said = note === undefined || note.trim() === '' ? {} : { note: note.trim() };
  if (decision !== 'accept' && said.note === undefined) throw noteNeeded();
  return reviseSubmission(
    deps,
    principal,
    { formId, instanceId, revision },
    {
      hash: actHash('review', { decision, ...said }),
      next: ({ submission }, at) => {
        if (submission.state === 'withdrawn') throw withdrawn();
        return { ...submission, state: stateAfter[decision], review: { decision, ...said, at } };
      },
    },
  );
}

function noteNeeded(): Fault {
  return new Fault('invalid-body', {
    errors: [
      {
        pointer: '/note',
        code: 'required',
        message: {
          fr: 'Dites ce qui doit changer, ou pourquoi la fiche est rejetée.',
          en: 'Say what must change, or why the submission is rejected.',
        },
      },
    ],
  });
}

function withdrawn(): Fault {
  return new Fault('conflict', {
    errors: [
      {
        pointer: '',
        code: 'withdrawn',
        message: {
          fr: 'Cette fiche a été retirée par son organisation.',
          en: 'Its organisation has withdrawn this submission.',
        },
      },
    ],
  });
}

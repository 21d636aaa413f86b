import { authenticate } from '../../shared/access/tokens.ts';
import { createDoor } from '../../shared/http/door.ts';
import type { DoorDeps, DoorHandler } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import type { Answer } from '../../shared/http/endpoint.ts';
import { revisionTag, revisionToChange } from '../../shared/http/etag.ts';
import { requests } from '../../shared/http/requests.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import { editSubmission } from '../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../shared/submission/erasure/erase-submission.ts';
import {
  listQuarantine,
  listRevisions,
  listSubmissions,
  readSubmission,
} from '../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../shared/submission/review-submission.ts';
import type { Issue, Submission } from '../../shared/submission/records/submission.ts';
import { submissionView } from '../../shared/submission/records/view.ts';
import { withdrawSubmission } from '../../shared/submission/withdraw-submission.ts';
import type { Language } from '../../shared/text.ts';
import { attachmentHandlers, type AttachmentDeps } from './attachment-handlers.ts';

export type SubmissionsDoorDeps = AttachmentDeps & Pick<DoorDeps, 'report' | 'publicUrl'>;

function told(warnings: readonly Issue[], language: Language) {
  return warnings.map(({ pointer, code, message }) => ({
    pointer,
    code,
    message: message[language],
  }));
}

function shown(submission: Submission, more: object = {}): Answer {
  return {
    status: 200,
    headers: { etag: revisionTag(submission.revision) },
    body: { ...submissionView(submission), ...more },
  };
}

/** The door of whoever fills in forms and reviews them. */
export function submissionsHandler(deps: SubmissionsDoorDeps): DoorHandler {
  return createDoor(
    'submissions',
    {
      createSubmission: openEndpoint(
        requests.createSubmission,
        async ({ path, body, language }, principal) => {
          const { formId } = path;
          const accepted = await acceptSubmission(deps, principal, formId, body);
          // Of a replay this is the first revision too, whatever has become of it since.
          const { instanceId, revision, receivedAt } = accepted.submission;
          return {
            status: accepted.created ? 201 : 200,
            headers: {
              location: `/v1/forms/${formId}/submissions/${instanceId}`,
              etag: revisionTag(revision),
            },
            body: {
              instanceId,
              revision,
              receivedAt,
              warnings: told(accepted.warnings, language),
            },
          };
        },
      ),

      listSubmissions: endpoint(requests.listSubmissions, async ({ path, query }, principal) => {
        const { items, next } = await listSubmissions(deps, principal, path.formId, query);
        return { status: 200, body: { items: items.map(submissionView), next } };
      }),

      getSubmission: endpoint(requests.getSubmission, async ({ path }, principal) =>
        shown(await readSubmission(deps, principal, path.formId, path.instanceId)),
      ),

      editSubmission: endpoint(
        requests.editSubmission,
        async ({ path, body, allowed, language }, principal) => {
          const { formId, instanceId } = path;
          const revision = await revisionToChange(
            allowed,
            async () => (await readSubmission(deps, principal, formId, instanceId)).revision,
          );
          const edited = await editSubmission(deps, principal, formId, instanceId, revision, body);
          return shown(edited.submission, { warnings: told(edited.warnings, language) });
        },
      ),

      withdrawSubmission: endpoint(
        requests.withdrawSubmission,
        async ({ path, allowed }, principal) => {
          const { formId, instanceId } = path;
          const revision = await revisionToChange(
            allowed,
            async () => (await readSubmission(deps, principal, formId, instanceId)).revision,
          );
          return shown(await withdrawSubmission(deps, principal, formId, instanceId, revision));
        },
      ),

      listRevisions: endpoint(requests.listRevisions, async ({ path, query }, principal) => ({
        status: 200,
        body: await listRevisions(deps, principal, path.formId, path.instanceId, query),
      })),

      reviewSubmission: endpoint(
        requests.reviewSubmission,
        async ({ path, body, allowed }, principal) => {
          const { formId, instanceId } = path;
          const revision = await revisionToChange(
            allowed,
            async () => (await readSubmission(deps, principal, formId, instanceId)).revision,
          );
          return shown(await reviewSubmission(deps, principal, formId, instanceId, revision, body));
        },
      ),

      eraseSubmission: endpoint(requests.eraseSubmission, async ({ path }, principal) => {
        await eraseSubmission(deps, principal, path.formId, path.instanceId);
        return { status: 204 };
      }),

      ...attachmentHandlers(deps),

      listQuarantine: endpoint(requests.listQuarantine, async ({ path, query }, principal) => ({
        status: 200,
        body: await listQuarantine(deps, principal, path.formId, query),
      })),
    },
    {
      authenticate: (authorization) => authenticate(deps.registry, deps.clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}

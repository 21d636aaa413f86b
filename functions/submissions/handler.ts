import type { Principal } from '../../shared/access/principal.ts';
import { authenticate } from '../../shared/access/tokens.ts';
import { requireAcceptable } from '../../shared/http/accept.ts';
import { createDoor, type DoorDeps, type DoorHandler } from '../../shared/http/door.ts';
import { submissions } from '../../shared/http/operations/submissions.ts';
import type { Answer, Call } from '../../shared/http/endpoint.ts';
import { revisionTag, revisionToChange } from '../../shared/http/etag.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import { absoluteLink } from '../../shared/objects/signed-link.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import { openAttachment } from '../../shared/submission/attachments/open-attachment.ts';
import { requestUpload } from '../../shared/submission/attachments/request-upload.ts';
import { editSubmission } from '../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../shared/submission/erasure/erase-submission.ts';
import {
  listQuarantine,
  listRevisions,
  listSubmissions,
  readSubmission,
} from '../../shared/submission/read-submissions.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import type { Issue, Submission } from '../../shared/submission/records/submission.ts';
import { submissionView } from '../../shared/submission/records/submission-view.ts';
import { reviewSubmission } from '../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../shared/submission/withdraw-submission.ts';
import type { Language } from '../../shared/text.ts';
import { sendFile, type FileDeps } from '../send-file.ts';

export type SubmissionsDoorDeps = SubmissionDeps &
  Pick<FileDeps, 'serveFile'> &
  Pick<DoorDeps, 'report' | 'publicUrl'>;

/** Whatever someone has sent: saved by who asks for it, and run by no browser as if it were ours. */
const policy = "default-src 'none'; frame-ancestors 'none'; sandbox";

function inLanguage(warnings: readonly Issue[], language: Language) {
  return warnings.map(({ pointer, code, message }) => ({
    pointer,
    code,
    message: message[language],
  }));
}

function toResponse(submission: Submission, more: object = {}): Answer {
  return {
    status: 200,
    headers: { etag: revisionTag(submission.revision) },
    body: { ...submissionView(submission), ...more },
  };
}

/** The door of whoever fills in forms and reviews them. */
export function submissionsHandler(deps: SubmissionsDoorDeps): DoorHandler {
  /** On which revision to act, of those that If-Match allows. */
  const revisionOf = (
    { path, allowed }: Pick<Call<'editSubmission'>, 'path' | 'allowed'>,
    principal: Principal,
  ): Promise<number> =>
    revisionToChange(
      allowed,
      async () => (await readSubmission(deps, principal, path.formId, path.instanceId)).revision,
    );
  return createDoor(
    submissions,
    {
      createSubmission: async ({ path, body, language }, principal) => {
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
            warnings: inLanguage(accepted.warnings, language),
          },
        };
      },

      listSubmissions: async ({ path, query }, principal) => {
        const { items, next } = await listSubmissions(deps, principal, path.formId, query);
        return { status: 200, body: { items: items.map(submissionView), next } };
      },

      getSubmission: async ({ path }, principal) =>
        toResponse(await readSubmission(deps, principal, path.formId, path.instanceId)),

      editSubmission: async ({ path, body, allowed, language }, principal) => {
        const { formId, instanceId } = path;
        const revision = await revisionOf({ path, allowed }, principal);
        const edited = await editSubmission(deps, principal, formId, instanceId, revision, body);
        return toResponse(edited.submission, { warnings: inLanguage(edited.warnings, language) });
      },

      withdrawSubmission: async ({ path, allowed }, principal) => {
        const { formId, instanceId } = path;
        const revision = await revisionOf({ path, allowed }, principal);
        return toResponse(await withdrawSubmission(deps, principal, formId, instanceId, revision));
      },

      listRevisions: async ({ path, query }, principal) => ({
        status: 200,
        body: await listRevisions(deps, principal, path.formId, path.instanceId, query),
      }),

      reviewSubmission: async ({ path, body, allowed }, principal) => {
        const { formId, instanceId } = path;
        const revision = await revisionOf({ path, allowed }, principal);
        return toResponse(
          await reviewSubmission(deps, principal, formId, instanceId, revision, body),
        );
      },

      eraseSubmission: async ({ path }, principal) => {
        await eraseSubmission(deps, principal, path.formId, path.instanceId);
        return { status: 204 };
      },

      requestUpload: async ({ path, body, origin }, principal) => {
        const { upload, ...answered } = await requestUpload(
          deps,
          principal,
          path.formId,
          path.instanceId,
          body,
        );
        const link = upload === null ? null : { ...upload, url: absoluteLink(upload.url, origin) };
        return { status: 200, body: { ...answered, upload: link } };
      },

      getAttachment: async ({ path, accept }, principal) => {
        const { formId, instanceId, file } = path;
        const found = await openAttachment(deps, principal, formId, instanceId, file);
        const { key, fileName, contentType, bytes } = found;
        requireAcceptable(accept, [contentType]);
        return sendFile(
          deps,
          { key, fileName },
          {
            'content-type': contentType,
            'content-length': String(bytes),
            'content-disposition': attachmentDisposition(fileName),
            'content-security-policy': policy,
          },
        );
      },

      listQuarantine: async ({ path, query }, principal) => ({
        status: 200,
        body: await listQuarantine(deps, principal, path.formId, query),
      }),
    },
    {
      authenticate: (authorization) => authenticate(deps.registry, deps.clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}

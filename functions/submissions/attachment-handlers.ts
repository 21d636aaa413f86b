import { requireAcceptable } from '../../shared/http/accept.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import { absoluteLink } from '../../shared/objects/signed-link.ts';
import type { SubmissionDeps } from '../../shared/submission/records/deps.ts';
import { openAttachment } from '../../shared/submission/attachments/open-attachment.ts';
import { requestUpload } from '../../shared/submission/attachments/request-upload.ts';
import { sendFile, type FileDeps } from '../send-file.ts';

export type AttachmentDeps = SubmissionDeps & Pick<FileDeps, 'serveFile'>;

/** Whatever someone has sent: saved by who asks for it, and run by no browser as if it were ours. */
const policy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** The operations on attachments, which stand behind the door of submissions. */
export function attachmentHandlers(
  deps: AttachmentDeps,
): Pick<Handlers<'submissions'>, 'requestUpload' | 'getAttachment'> {
  return {
    requestUpload: openEndpoint(
      requests.requestUpload,
      async ({ path, body, origin }, principal) => {
        const { upload, ...told } = await requestUpload(
          deps,
          principal,
          path.formId,
          path.instanceId,
          body,
        );
        const link = upload === null ? null : { ...upload, url: absoluteLink(upload.url, origin) };
        return { status: 200, body: { ...told, upload: link } };
      },
    ),

    getAttachment: endpoint(requests.getAttachment, async ({ path, accept }, principal) => {
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
    }),
  };
}

import { Fault } from '../../shared/fault.ts';
import { requireAcceptable } from '../../shared/http/accept.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import { absoluteLink } from '../../shared/objects/signed-link.ts';
import type { SubmissionDeps } from '../../shared/submission/deps.ts';
import { openAttachment } from '../../shared/submission/open-attachment.ts';
import { requestUpload } from '../../shared/submission/request-upload.ts';

export interface AttachmentDeps extends SubmissionDeps {
  /** Sends the bytes of an object instead of a link to it: on one machine, where there is no other host. */
  readonly serveFile?: (key: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** For how long a link to an attachment can be followed. */
const linkSeconds = 300;

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
      if (deps.serveFile === undefined) {
        const options = { fileName, seconds: linkSeconds };
        const location = await deps.objects.downloadLink(key, options);
        return { status: 302, headers: { location } };
      }
      const stream = await deps.serveFile(key);
      if (stream === undefined) throw new Fault('not-found');
      return {
        status: 200,
        headers: {
          'content-type': contentType,
          'content-length': String(bytes),
          'content-disposition': attachmentDisposition(fileName),
          'content-security-policy': policy,
        },
        stream,
      };
    }),
  };
}

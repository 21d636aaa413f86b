import { audienceOf } from '../../shared/access/policy.ts';
import { Fault } from '../../shared/fault.ts';
import { endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { SubmissionStores } from '../../shared/submission/records/deps.ts';
import { sendFile, type FileDeps } from '../send-file.ts';
import { chosenAudience } from './chosen-audience.ts';

/**
 * The files that the records of a dataset name, as one archive: on one machine as it is made, on AWS,
 * where an answer has 6 MB at most, as a link to where it was put. Its code is loaded with the first
 * request: most functions that start never see one.
 */
export function attachmentsHandlers(deps: SubmissionStores & Pick<FileDeps, 'serveFile'>) {
  return {
    getAttachmentsArchive: endpoint(
      requests.getAttachmentsArchive,
      async ({ path, query }, principal) => {
        const audience = chosenAudience(principal, query.audience);
        if (audience === 'public') throw new Fault('not-found');
        const dataset = path.datasetId;
        // A coordinator who asks for what members see gets that, not what a coordinator may have of it.
        const own = audience === audienceOf(principal.role);
        const request = { dataset, audience, ...(own ? { viewer: principal } : {}) };
        const fileName = `${dataset}.attachments.zip`;
        if (deps.serveFile === undefined) {
          const { exportAttachments } =
            await import('../../shared/dataset/archive/export-attachments.ts');
          return sendFile(deps, { key: await exportAttachments(deps, request), fileName }, {});
        }
        const { attachmentsArchive } =
          await import('../../shared/dataset/archive/attachments-archive.ts');
        return {
          status: 200,
          headers: {
            'content-type': 'application/zip',
            'content-disposition': `attachment; filename="${fileName}"`,
          },
          stream: await attachmentsArchive(deps, request),
        };
      },
    ),
  };
}

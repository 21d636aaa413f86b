import { createHash } from 'node:crypto';
import type { Principal } from '../../shared/access/principal.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { FormRecord } from '../../shared/form/library/form-record.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { FormId } from '../../shared/ids.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import { holderOf, visibleForm } from './shown-form.ts';

type FileOperation = 'getFormWorkbook' | 'getXForm' | 'getMedia' | 'putMedia' | 'deleteMedia';

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The operations on forms as files, and on the files of forms. */
export function formFileHandlers(forms: FormLibrary): Pick<Handlers<'registry'>, FileOperation> {
  const shown = async (
    formId: FormId,
    version: string | undefined,
    principal: Principal | undefined,
  ): Promise<FormRecord> => {
    return holderOf(await visibleForm(forms, formId, principal), version, principal);
  };
  return {
    getFormWorkbook: openEndpoint(requests.getFormWorkbook, async ({ path, query }, principal) => {
      const form = await shown(path.formId, query.version, principal);
      const definition = await forms.definitionOf(form, query.version);
      // Loaded when someone asks: no other request should wait for the writer of workbooks.
      const { writeWorkbook } = await import('../../shared/form/files/write-workbook.ts');
      const bytes = await writeWorkbook(definition);
      return {
        status: 200,
        bytes,
        headers: {
          'content-type': workbookType,
          'content-disposition': attachmentDisposition(`${path.formId}.xlsx`),
          etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
        },
      };
    }),

    getXForm: openEndpoint(requests.getXForm, async ({ path, query }, principal) => {
      const form = await shown(path.formId, query.version, principal);
      const { xml, md5 } = await forms.xForm(form, query.version);
      return {
        status: 200,
        text: xml,
        headers: { 'content-type': 'application/xml; charset=utf-8', etag: `"${md5}"` },
      };
    }),

    getMedia: openEndpoint(requests.getMedia, async ({ path, query }, principal) => {
      const form = await shown(path.formId, query.version, principal);
      const media = await forms.media(form, path.file, query.version);
      return {
        status: 200,
        bytes: await forms.mediaBytes(media),
        headers: {
          'content-type': media.type,
          'content-disposition': attachmentDisposition(media.file),
          etag: `"${media.sha256}"`,
        },
      };
    }),

    putMedia: endpoint(requests.putMedia, async ({ path, body, mediaType }) => ({
      status: 200,
      body: await forms.putMedia(path.formId, path.file, body, mediaType ?? ''),
    })),

    deleteMedia: endpoint(requests.deleteMedia, async ({ path }) => {
      await forms.deleteMedia(path.formId, path.file);
      return { status: 204 };
    }),
  };
}

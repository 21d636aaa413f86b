import { authenticate } from '../../shared/access/tokens.ts';
import { createDoor } from '../../shared/http/door.ts';
import type { DoorDeps, DoorHandler } from '../../shared/http/door.ts';
import { endpoint, type Answer } from '../../shared/http/endpoint.ts';
import { openRosaHeaders, openRosaMessage } from '../../shared/http/openrosa-message.ts';
import { formListXml } from '../../shared/http/openrosa/form-list.ts';
import { manifestXml } from '../../shared/http/openrosa/manifest.ts';
import { readMultipart } from '../../shared/http/openrosa/read-multipart.ts';
import { receivedMessage } from '../../shared/http/openrosa/received-message.ts';
import { requests } from '../../shared/http/requests.ts';
import { readInstance } from '../../shared/form/xform/read-instance.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import type { SubmissionDeps } from '../../shared/submission/records/deps.ts';
import { receiveFromPhone } from '../../shared/submission/phone/receive-openrosa.ts';
import { visibleForm } from '../registry/shown-form.ts';
import { listedFiles, listedForms } from './listed-forms.ts';

export type OpenRosaDoorDeps = SubmissionDeps & Pick<DoorDeps, 'report' | 'publicUrl'>;

function xml(text: string): Answer {
  return {
    status: 200,
    headers: { ...openRosaHeaders, 'content-type': 'text/xml; charset=utf-8' },
    text,
  };
}

/** The door of ODK Collect, KoboCollect and whatever else speaks OpenRosa: the token is in the path. */
export function openRosaHandler(deps: OpenRosaDoorDeps): DoorHandler {
  const { forms } = deps;
  return createDoor(
    'openrosa',
    {
      getFormList: endpoint(requests.getFormList, async ({ path, query, ...call }, principal) => {
        const { language, origin } = call;
        const asking = { principal, language, origin, token: path.token };
        return xml(formListXml(await listedForms(forms, asking, query.formID)));
      }),

      getKeyXForm: endpoint(requests.getKeyXForm, async ({ path, query }, principal) => {
        const form = await visibleForm(forms, path.formId, principal);
        return xml((await forms.xForm(form, query.version)).xml);
      }),

      getManifest: endpoint(requests.getManifest, async ({ path, query, origin }, principal) => {
        const form = await visibleForm(forms, path.formId, principal);
        return xml(manifestXml(await listedFiles(forms, form, { ...path, origin }, query.version)));
      }),

      getKeyMedia: endpoint(requests.getKeyMedia, async ({ path, query }, principal) => {
        const form = await visibleForm(forms, path.formId, principal);
        const media = await forms.media(form, path.file, query.version);
        return {
          status: 200,
          bytes: await forms.mediaBytes(media),
          headers: {
            ...openRosaHeaders,
            'content-type': media.type,
            'content-disposition': attachmentDisposition(media.file),
          },
        };
      }),

      headKeySubmission: endpoint(requests.headKeySubmission, () =>
        Promise.resolve({ status: 204, headers: openRosaHeaders }),
      ),

      createKeySubmission: endpoint(
        requests.createKeySubmission,
        async ({ body, contentType = '', language }, principal) => {
          const { xml: bytes, files } = await readMultipart(contentType, body);
          const sent = { instance: readInstance(bytes), xml: bytes, files };
          const { created, missing } = await receiveFromPhone(deps, principal, sent);
          const message = receivedMessage({ created, missing: missing.length }, language);
          return openRosaMessage(created ? 201 : 202, 'submit_success', message);
        },
      ),
    },
    {
      authenticate: (authorization) => authenticate(deps.registry, deps.clock, authorization),
      publicUrl: deps.publicUrl,
      report: deps.report,
    },
  );
}

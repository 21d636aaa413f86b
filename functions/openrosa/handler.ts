import { mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { authenticate } from '../../shared/access/tokens.ts';
import { isCanaryForm } from '../../shared/canary/canary-scope.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import { type FormRecord, draftRecord } from '../../shared/form/library/form-record.ts';
import type { FormSettings } from '../../shared/form/model.ts';
import { readInstance } from '../../shared/form/xform/read-instance.ts';
import { createDoor, type DoorDeps, type DoorHandler } from '../../shared/http/door.ts';
import type { Answer } from '../../shared/http/endpoint.ts';
import {
  openRosaHeaders,
  openRosaMessage,
  receivedMessage,
} from '../../shared/http/openrosa-message.ts';
import {
  formAddresses,
  formListXml,
  manifestXml,
  type ListedFile,
  type ListedForm,
} from '../../shared/http/openrosa/form-list.ts';
import { readMultipart } from '../../shared/http/openrosa/read-multipart.ts';
import { openrosa } from '../../shared/http/operations/openrosa.ts';
import { isDraftId } from '../../shared/ids.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import { receiveFromPhone } from '../../shared/submission/phone/receive-openrosa.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import type { Language } from '../../shared/text.ts';
import { visibleForm } from '../registry/visible-form.ts';

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
    openrosa,
    {
      getFormList: async ({ path, query, ...call }, principal) => {
        const { language, origin } = call;
        const asking = { principal, language, origin, token: path.token };
        return xml(formListXml(await listedForms(forms, asking, query.formID)));
      },

      getKeyXForm: async ({ path, query }, principal) => {
        const form = await visibleForm(forms, path.formId, principal);
        return xml((await forms.xForm(form, query.version)).xml);
      },

      getManifest: async ({ path, query, origin }, principal) => {
        const form = await visibleForm(forms, path.formId, principal);
        return xml(manifestXml(await listedFiles(forms, form, { ...path, origin }, query.version)));
      },

      getKeyMedia: async ({ path, query }, principal) => {
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
      },

      headKeySubmission: () => Promise.resolve({ status: 204, headers: openRosaHeaders }),

      createKeySubmission: async ({ body, contentType = '', language }, principal) => {
        const { xml: bytes, files } = await readMultipart(contentType, body);
        const sent = { instance: readInstance(bytes), xml: bytes, files };
        const { created, missing } = await receiveFromPhone(deps, principal, sent);
        const message = receivedMessage({ created, missing: missing.length }, language);
        return openRosaMessage(created ? 201 : 202, 'submit_success', message);
      },
    },
    {
      authenticate: (authorization) => authenticate(deps.registry, deps.clock, authorization),
      publicUrl: deps.publicUrl,
      report: deps.report,
    },
  );
}

/** How a phone came here, and so how it comes back: both are those of its request. */
interface Way {
  readonly origin: string;
  readonly token: string;
}

/** Who asks for a list of forms. */
interface Asking extends Way {
  readonly principal: Principal;
  readonly language: Language;
}

/**
 * The forms that a phone may fill in: the published ones that its token may use, then, for the
 * coordinator, drafts to try out. `formId`: that one alone, if it is among them.
 */
async function listedForms(
  forms: FormLibrary,
  asking: Asking,
  formId?: string,
): Promise<ListedForm[]> {
  const records =
    formId === undefined ? withDrafts(await forms.list()) : [await forms.record(formId)];
  const offered = records.filter((record) => record !== undefined);
  return Promise.all(
    offered
      .filter(
        ({ state, audience }) => state === 'published' && mayUseForm(asking.principal, audience),
      )
      .map((record) => listed(forms, record, asking)),
  );
}

function withDrafts(records: readonly FormRecord[]): (FormRecord | undefined)[] {
  const theirs = records.filter((record) => !isCanaryForm(record.formId));
  return [...theirs, ...theirs.map(draftRecord)];
}

async function listed(
  forms: FormLibrary,
  record: FormRecord,
  { origin, token, language }: Asking,
): Promise<ListedForm> {
  const [{ settings, version }, { md5 }, files] = await Promise.all([
    forms.modelOf(record),
    forms.xForm(record),
    forms.filesOf(record),
  ]);
  const addresses = formAddresses(origin, token, record.formId, version);
  return {
    formId: record.formId,
    name: nameOf(record, settings, language),
    version,
    md5,
    downloadUrl: addresses.form,
    manifestUrl: files.some(({ present }) => present) ? addresses.manifest : undefined,
  };
}

function nameOf({ formId }: FormRecord, settings: FormSettings, language: Language): string {
  const { title, defaultLanguage } = settings;
  const said = title.get(language) ?? title.get(defaultLanguage) ?? [...title.values()][0] ?? '';
  const name = said.trim() === '' ? formId : said;
  if (!isDraftId(formId)) return name;
  return language === 'en' ? `Draft: ${name}` : `Brouillon : ${name}`;
}

/** The files of a form that are there, those that no cell names too: an expression may put their names together. */
async function listedFiles(
  forms: FormLibrary,
  form: FormRecord,
  { origin, token }: Way,
  asked?: string,
): Promise<ListedFile[]> {
  const { version } = await forms.modelOf(form, asked);
  const addresses = formAddresses(origin, token, form.formId, version);
  const files = (await forms.filesOf(form, version)).filter(({ present }) => present);
  return Promise.all(
    files.map(async ({ file }) => ({
      file,
      md5: (await forms.media(form, file, version)).md5,
      downloadUrl: addresses.media(file),
    })),
  );
}

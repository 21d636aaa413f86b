import { createHash } from 'node:crypto';
import { mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { isCanaryForm } from '../../shared/canary/canary-scope.ts';
import type { FormChange } from '../../shared/form/compare/form-changes.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { FormRecord } from '../../shared/form/library/form-record.ts';
import type { FormIssue } from '../../shared/form/model.ts';
import { answersSchema } from '../../shared/form/validate/json-schema.ts';
import type { Handlers } from '../../shared/http/endpoint.ts';
import type { forms as formOperations } from '../../shared/http/operations/forms.ts';
import { workbook } from '../../shared/http/operations/operation.ts';
import type { FormId } from '../../shared/ids.ts';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import type { Language } from '../../shared/text.ts';
import { holderOf, visibleForm } from './visible-form.ts';
import { uploadedDefinition } from './uploaded-definition.ts';

type FormOperation = (typeof formOperations)[number]['operation'];

/** A form as lists show it. Keys of the object store stay inside. */
function summary({ formId, state, versions, draft, title, audience }: FormRecord) {
  return {
    formId,
    version: versions.at(-1)?.version ?? draft?.version ?? null,
    state,
    versions: versions.map(({ version, publishedAt }) => ({ version, publishedAt })),
    title,
    audience,
  };
}

/** True if a caller may know of a form: of one that was never published only the coordinator does. */
function isVisible(record: FormRecord, principal: Principal | undefined): boolean {
  if (isCanaryForm(record.formId)) return false;
  const isCoordinator = principal?.role === 'coordinator';
  return isCoordinator || (record.versions.length > 0 && mayUseForm(principal, record.audience));
}

/** Warnings or changes in the language of one reader. */
function inLanguage<T extends FormIssue | FormChange>(all: readonly T[], language: Language) {
  return all.map((item) => ({ ...item, message: item.message[language] }));
}

/** The operations on forms, which stand behind the registry's door. */
export function formHandlers(forms: FormLibrary): Handlers<FormOperation> {
  const formOf = async (
    formId: FormId,
    version: string | undefined,
    principal: Principal | undefined,
  ): Promise<FormRecord> => {
    return holderOf(await visibleForm(forms, formId, principal), version, principal);
  };
  return {
    listForms: async (_call, principal) => {
      const visible = (await forms.list()).filter((record) => isVisible(record, principal));
      return { status: 200, body: { items: visible.map(summary), next: null } };
    },

    getForm: async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const about = summary(record);
      const version = query.version ?? about.version ?? undefined;
      const holder = holderOf(record, version, principal);
      const definition = await forms.definitionOf(holder, version);
      const files = await forms.filesOf(holder, version);
      return { status: 200, body: { ...about, version, files, definition } };
    },

    getFormSchema: async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const holder = holderOf(record, query.version, principal);
      return {
        status: 200,
        headers: { 'content-type': 'application/schema+json' },
        body: answersSchema(await forms.modelOf(holder, query.version)),
      };
    },

    putDraft: async ({ path, body, language }) => {
      const uploaded = await uploadedDefinition(body);
      const stored = await forms.putDraft(path.formId, uploaded.definition);
      const warnings = inLanguage([...uploaded.warnings, ...stored.warnings], language);
      const changes = inLanguage(stored.changes, language);
      return { status: 200, body: { ...stored, warnings, changes } };
    },

    getDraftChanges: async ({ path, language }) => {
      const { version, changes } = await forms.draftChanges(path.formId);
      return { status: 200, body: { version, changes: inLanguage(changes, language) } };
    },

    publishForm: async ({ path, language }) => {
      const form = await forms.publish(path.formId);
      const changes = inLanguage(await forms.lastChanges(form), language);
      return { status: 200, body: { ...summary(form), changes } };
    },

    closeForm: async ({ path }) => ({
      status: 200,
      body: summary(await forms.close(path.formId)),
    }),

    getFormWorkbook: async ({ path, query }, principal) => {
      const form = await formOf(path.formId, query.version, principal);
      const definition = await forms.definitionOf(form, query.version);
      // Loaded when someone asks: no other request should wait for the writer of workbooks.
      const { writeWorkbook } = await import('../../shared/form/files/write-workbook.ts');
      const bytes = await writeWorkbook(definition);
      return {
        status: 200,
        bytes,
        headers: {
          'content-type': workbook,
          'content-disposition': attachmentDisposition(`${path.formId}.xlsx`),
          etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
        },
      };
    },

    getXForm: async ({ path, query }, principal) => {
      const form = await formOf(path.formId, query.version, principal);
      const { xml, md5 } = await forms.xForm(form, query.version);
      return {
        status: 200,
        text: xml,
        headers: { 'content-type': 'application/xml; charset=utf-8', etag: `"${md5}"` },
      };
    },

    getMedia: async ({ path, query }, principal) => {
      const form = await formOf(path.formId, query.version, principal);
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
    },

    putMedia: async ({ path, body, mediaType }) => ({
      status: 200,
      body: await forms.putMedia(path.formId, path.file, body, mediaType ?? ''),
    }),

    deleteMedia: async ({ path }) => {
      await forms.deleteMedia(path.formId, path.file);
      return { status: 204 };
    },
  };
}

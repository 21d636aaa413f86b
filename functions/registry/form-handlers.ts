import { mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { isCanaryForm } from '../../shared/canary/canary-scope.ts';
import type { FormChange } from '../../shared/form/compare/form-changes.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { FormRecord } from '../../shared/form/library/form-record.ts';
import { answersSchema } from '../../shared/form/validate/json-schema.ts';
import type { FormIssue } from '../../shared/form/model.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { Language } from '../../shared/text.ts';
import { formFileHandlers } from './form-file-handlers.ts';
import { holderOf, visibleForm } from './shown-form.ts';
import { uploadedDefinition } from './uploaded-definition.ts';

type FormOperation =
  | 'listForms'
  | 'getForm'
  | 'getFormSchema'
  | 'getFormWorkbook'
  | 'getXForm'
  | 'getMedia'
  | 'putDraft'
  | 'getDraftChanges'
  | 'putMedia'
  | 'deleteMedia'
  | 'publishForm'
  | 'closeForm';

/** A form as lists tell of it. Keys of the object store stay inside. */
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

/** Warnings or changes as one reader is told of them. */
function told<T extends FormIssue | FormChange>(all: readonly T[], language: Language) {
  return all.map((item) => ({ ...item, message: item.message[language] }));
}

/** The operations on forms, which stand behind the registry's door. */
export function formHandlers(forms: FormLibrary): Pick<Handlers<'registry'>, FormOperation> {
  return {
    ...formFileHandlers(forms),

    listForms: openEndpoint(requests.listForms, async (_call, principal) => {
      const visible = (await forms.list()).filter((record) => isVisible(record, principal));
      return { status: 200, body: { items: visible.map(summary), next: null } };
    }),

    getForm: openEndpoint(requests.getForm, async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const about = summary(record);
      const version = query.version ?? about.version ?? undefined;
      const holder = holderOf(record, version, principal);
      const definition = await forms.definitionOf(holder, version);
      const files = await forms.filesOf(holder, version);
      return { status: 200, body: { ...about, version, files, definition } };
    }),

    getFormSchema: openEndpoint(requests.getFormSchema, async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const holder = holderOf(record, query.version, principal);
      return {
        status: 200,
        headers: { 'content-type': 'application/schema+json' },
        body: answersSchema(await forms.modelOf(holder, query.version)),
      };
    }),

    putDraft: endpoint(requests.putDraft, async ({ path, body, language }) => {
      const uploaded = await uploadedDefinition(body);
      const stored = await forms.putDraft(path.formId, uploaded.definition);
      const warnings = told([...uploaded.warnings, ...stored.warnings], language);
      const changes = told(stored.changes, language);
      return { status: 200, body: { ...stored, warnings, changes } };
    }),

    getDraftChanges: endpoint(requests.getDraftChanges, async ({ path, language }) => {
      const { version, changes } = await forms.draftChanges(path.formId);
      return { status: 200, body: { version, changes: told(changes, language) } };
    }),

    publishForm: endpoint(requests.publishForm, async ({ path, language }) => {
      const form = await forms.publish(path.formId);
      const changes = told(await forms.lastChanges(form), language);
      return { status: 200, body: { ...summary(form), changes } };
    }),

    closeForm: endpoint(requests.closeForm, async ({ path }) => ({
      status: 200,
      body: summary(await forms.close(path.formId)),
    })),
  };
}

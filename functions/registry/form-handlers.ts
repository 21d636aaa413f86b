import { authorise, mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { Fault } from '../../shared/fault.ts';
import type { FormDefinition } from '../../shared/form/definition.ts';
import type { FormLibrary } from '../../shared/form/form-library.ts';
import type { FormRecord } from '../../shared/form/form-record.ts';
import { answersSchema } from '../../shared/form/json-schema.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { FormId } from '../../shared/ids.ts';
import { uploadedDefinition } from './uploaded-definition.ts';

type FormOperation =
  'listForms' | 'getForm' | 'getFormSchema' | 'putDraft' | 'publishForm' | 'closeForm';

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
  const isCoordinator = principal?.role === 'coordinator';
  return isCoordinator || (record.versions.length > 0 && mayUseForm(principal, record.audience));
}

/** A form that a caller may use; what was never published is not found further on. Throws Faults `not-found`, `unauthenticated`, `forbidden`. */
async function visibleForm(
  forms: FormLibrary,
  formId: FormId,
  principal: Principal | undefined,
): Promise<FormRecord> {
  const record = await forms.record(formId);
  if (record === undefined) throw new Fault('not-found');
  authorise('form-audience', principal, record.audience);
  return record;
}

/** A version's definition; the draft's only for the coordinator, and only where it was not published. */
function definitionOf(
  forms: FormLibrary,
  { formId, versions, draft }: FormRecord,
  version: string | null,
  principal: Principal | undefined,
): Promise<FormDefinition> {
  const isPublished = versions.some((published) => published.version === version);
  if (!isPublished && draft?.version === version && principal?.role === 'coordinator') {
    return forms.draftDefinition(formId);
  }
  return forms.definition(formId, version ?? undefined);
}

/** The operations on forms, which stand behind the registry's door. */
export function formHandlers(forms: FormLibrary): Pick<Handlers<'registry'>, FormOperation> {
  return {
    listForms: openEndpoint(requests.listForms, async (_call, principal) => {
      const visible = (await forms.list()).filter((record) => isVisible(record, principal));
      return { status: 200, body: { items: visible.map(summary), next: null } };
    }),

    getForm: openEndpoint(requests.getForm, async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const about = summary(record);
      const version = query.version ?? about.version;
      const definition = await definitionOf(forms, record, version, principal);
      return { status: 200, body: { ...about, version, definition } };
    }),

    getFormSchema: openEndpoint(requests.getFormSchema, async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      return {
        status: 200,
        headers: { 'content-type': 'application/schema+json' },
        body: answersSchema(await forms.modelOf(record, query.version)),
      };
    }),

    putDraft: endpoint(requests.putDraft, async ({ path, body, language }) => {
      const stored = await forms.putDraft(path.formId, uploadedDefinition(body));
      const warnings = stored.warnings.map((warning) => ({
        ...warning,
        message: warning.message[language],
      }));
      return { status: 200, body: { ...stored, warnings } };
    }),

    publishForm: endpoint(requests.publishForm, async ({ path }) => ({
      status: 200,
      body: summary(await forms.publish(path.formId)),
    })),

    closeForm: endpoint(requests.closeForm, async ({ path }) => ({
      status: 200,
      body: summary(await forms.close(path.formId)),
    })),
  };
}

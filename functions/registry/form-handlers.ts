import { authorise, mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { Fault } from '../../shared/fault.ts';
import { readDefinition } from '../../shared/form/definition.ts';
import type { FormLibrary } from '../../shared/form/form-library.ts';
import type { FormRecord } from '../../shared/form/form-record.ts';
import { answersSchema } from '../../shared/form/json-schema.ts';
import { readYaml } from '../../shared/form/read-yaml.ts';
import type { Handlers } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { FormId } from '../../shared/ids.ts';

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

/** What a caller may see of a form. Throws Faults `not-found`, `unauthenticated`, `forbidden`. */
async function visibleForm(
  forms: FormLibrary,
  formId: FormId,
  principal: Principal | undefined,
): Promise<FormRecord> {
  const record = await forms.record(formId);
  if (record === undefined) throw new Fault('not-found');
  authorise('form-audience', principal, record.audience);
  if (!isVisible(record, principal)) throw new Fault('not-found');
  return record;
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
      const version = query.version ?? about.version ?? undefined;
      const definition = await forms.definition(path.formId, version);
      return { status: 200, body: { ...about, version, definition } };
    }),

    getFormSchema: openEndpoint(requests.getFormSchema, async ({ path, query }, principal) => {
      const record = await visibleForm(forms, path.formId, principal);
      const version = query.version ?? summary(record).version ?? undefined;
      return {
        status: 200,
        headers: { 'content-type': 'application/schema+json' },
        body: answersSchema(await forms.model(path.formId, version)),
      };
    }),

    putDraft: endpoint(requests.putDraft, async ({ path, body }) => {
      const definition = typeof body === 'string' ? readYaml(body) : readDefinition(body);
      return { status: 200, body: await forms.putDraft(path.formId, definition) };
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

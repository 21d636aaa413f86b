import { authorise } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { Fault } from '../../shared/fault.ts';
import { draftRecord, type FormRecord } from '../../shared/form/library/form-record.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { FormId } from '../../shared/ids.ts';

/** A form that a caller may use; what was never published is not found further on. Throws Faults `not-found`, `unauthenticated`, `forbidden`. */
export async function visibleForm(
  forms: FormLibrary,
  formId: FormId,
  principal: Principal | undefined,
): Promise<FormRecord> {
  const record = await forms.record(formId);
  if (record === undefined) throw new Fault('not-found');
  authorise('form-audience', principal, record.audience);
  return record;
}

/**
 * The form that has the version asked for: the form itself, or, for the coordinator, its draft where
 * the draft has that version, or where there is nothing else and none is asked for.
 */
export function holderOf(
  form: FormRecord,
  version: string | undefined,
  principal: Principal | undefined,
): FormRecord {
  const { versions, draft } = form;
  const wanted = version ?? versions.at(-1)?.version ?? draft?.version;
  const isPublished = versions.some((published) => published.version === wanted);
  if (isPublished || draft?.version !== wanted || principal?.role !== 'coordinator') return form;
  return draftRecord(form) ?? form;
}

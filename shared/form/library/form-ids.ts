import { Fault } from '../../fault.ts';
import { derivedDatasetIds, FormId, isDraftId } from '../../ids.ts';
import { derivedName, draftOnly } from '../issues/form-faults.ts';

/** A form of such a name would take the place of a dataset that no form has. */
const derivedDatasets: ReadonlySet<string> = new Set(derivedDatasetIds);

/** The id of a form that is read, or of a form's draft. Fault `not-found`. */
export function knownFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success) throw new Fault('not-found');
  return id.data;
}

/** The id of a form that is changed: a draft is changed through its form. Faults `not-found`, `conflict`. */
export function writableFormId(formId: string): FormId {
  const id = knownFormId(formId);
  if (isDraftId(id)) throw draftOnly(id, 'conflict');
  return id;
}

/** The id of a form that is uploaded. Fault `invalid-form`. */
export function newFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success || derivedDatasets.has(formId.toLowerCase())) throw derivedName(formId);
  if (isDraftId(id.data)) throw draftOnly(id.data, 'invalid-form');
  return id.data;
}

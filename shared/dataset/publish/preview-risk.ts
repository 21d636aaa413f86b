import { Fault } from '../../fault.ts';
import type { FormModel } from '../../form/model.ts';
import { draftId } from '../../ids.ts';
import { readDatasetPointer } from '../versions/dataset-pointer.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { prepareDisclosure } from '../disclosure/prepare-disclosure.ts';
import type { Risk } from '../versions/disclosure-risk.ts';
import { modelsOf, readFormInput, type FormInput, FormRows } from '../rows/form-rows.ts';
import { beforeOf } from './make-version.ts';
import { SegmentError } from '../segments/segment-file.ts';

/** Why there is no risk to report: answers have to be compiled first, or no public question could single anyone out. */
export type NoRisk = 'not-compiled' | 'no-quasi-identifiers';

/**
 * The risk that publishing a form's draft would report, of the records of the last compile and after
 * what is public now: one or two passes over them, and nothing is written. Fault `not-found`: there is
 * no draft.
 */
export async function previewRisk(
  deps: Pick<CompileDeps, 'registry' | 'objects' | 'forms' | 'keys'>,
  formId: string,
): Promise<Risk | NoRisk> {
  const form = await deps.forms.record(formId);
  if (form?.draft === undefined) throw new Fault('not-found');
  const input = await compiledInput(deps, form);
  if (input === undefined) return 'not-compiled';
  const draft = { ...(await deps.forms.model(draftId(form.formId))), formId: form.formId };
  const rows = new FormRows(deps.objects, input, await modelsWith(deps, input, draft));
  const pointer = await readDatasetPointer(deps.registry, form.formId);
  const before = beforeOf(deps, form.formId, pointer, 'preview');
  const disclosure = await prepareDisclosure(rows, { before, version: 'preview' });
  await disclosure?.close();
  return disclosure?.risk ?? 'no-quasi-identifiers';
}

/** Undefined, too, if an earlier release or another key has collected it. */
async function compiledInput(
  deps: Pick<CompileDeps, 'registry' | 'keys'>,
  form: FormInput['form'],
): Promise<FormInput | undefined> {
  try {
    return await readFormInput(deps, form);
  } catch (error) {
    if (error instanceof SegmentError) return undefined;
    throw error;
  }
}

/** Newest first. A draft that has the name of a version stands for it, as what could not be published. */
async function modelsWith(
  deps: Pick<CompileDeps, 'forms'>,
  { form }: FormInput,
  draft: FormModel,
): Promise<readonly FormModel[]> {
  const published = await modelsOf(deps, form);
  return [draft, ...published.filter(({ version }) => version !== draft.version)];
}

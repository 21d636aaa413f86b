import type { FormRecord } from '../form/form-record.ts';
import type { FormModel } from '../form/model.ts';
import type { CompileDeps } from './deps.ts';
import { readSegmentPointers, type SegmentPointer } from './segment-pointer.ts';

/** A form whose shards have all been collected at least once. */
export interface FormInput {
  readonly form: FormRecord;
  readonly segments: readonly SegmentPointer[];
}

/** Undefined: the form was never published, or a shard was never collected. */
export async function readFormInput(
  deps: Pick<CompileDeps, 'registry'>,
  form: FormRecord | undefined,
): Promise<FormInput | undefined> {
  if (form === undefined || form.versions.length === 0) return undefined;
  const found = await readSegmentPointers(deps.registry, form.formId, form.shards);
  const segments = found.filter((segment) => segment !== undefined);
  return segments.length === found.length ? { form, segments } : undefined;
}

/** The models of all versions of a form, newest first. */
export async function modelsOf(
  deps: Pick<CompileDeps, 'forms'>,
  form: FormRecord,
): Promise<readonly FormModel[]> {
  const models: FormModel[] = [];
  for (const { version } of form.versions.toReversed()) {
    models.push(await deps.forms.modelOf(form, version));
  }
  return models;
}

import type { FormRecord } from '../../form/library/form-record.ts';
import type { FormModel } from '../../form/model.ts';
import type { CompileDeps } from '../deps.ts';
import { SegmentError } from '../segments/segment-index.ts';
import {
  isReadable,
  readSegmentPointers,
  type SegmentPointer,
} from '../segments/segment-pointer.ts';

/** A form whose shards have all been collected at least once. */
export interface FormInput {
  readonly form: FormRecord;
  readonly segments: readonly SegmentPointer[];
}

/**
 * Undefined: the form was never published, or a shard was never collected. Throws SegmentError when a
 * shard was last collected by an earlier release or with another key: what is published stays.
 */
export async function readFormInput(
  { registry, keys }: Pick<CompileDeps, 'registry' | 'keys'>,
  form: FormRecord | undefined,
): Promise<FormInput | undefined> {
  if (form === undefined || form.versions.length === 0) return undefined;
  const found = await readSegmentPointers(registry, form.formId, form.shards);
  const segments = found.filter((segment) => segment !== undefined);
  if (segments.length !== found.length) return undefined;
  const stale = segments.find((segment) => !isReadable(segment, keys));
  if (stale !== undefined) {
    throw new SegmentError(`Segment ${stale.key} has to be collected anew before it can be read.`);
  }
  return { form, segments };
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

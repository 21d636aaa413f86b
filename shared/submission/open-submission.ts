import { mayRead } from '../access/policy.ts';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { FormRecord } from '../form/form-record.ts';
import { InstanceId } from '../ids.ts';
import { headKey, shardOf } from '../store/keys.ts';
import type { Key, StoredRecord } from '../store/record-store.ts';
import type { SubmissionDeps } from './deps.ts';
import { fromRecord } from './head-record.ts';
import type { Submission } from './submission.ts';

/** A submission as it stands, with the record that it was read from. */
export interface OpenSubmission {
  readonly form: FormRecord;
  readonly shard: number;
  readonly record: StoredRecord;
  readonly submission: Submission;
}

/** The form that a request names. Fault `not-found`. */
export async function openForm(deps: SubmissionDeps, formId: string): Promise<FormRecord> {
  const form = await deps.forms.record(formId);
  if (form === undefined) throw new Fault('not-found');
  return form;
}

export function shardFor(form: FormRecord, instanceId: string): number {
  return shardOf(instanceId, Math.max(form.shards, 1));
}

export function headKeyFor(form: FormRecord, instanceId: string): Key {
  return headKey(form.formId, shardFor(form, instanceId), instanceId);
}

/**
 * The head of a submission that `principal` may see, an erased one too. Throws Fault `not-found`
 * for another organisation's exactly as for one that does not exist.
 */
export async function openSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
): Promise<OpenSubmission> {
  const form = await openForm(deps, formId);
  const id = InstanceId.safeParse(instanceId);
  if (!id.success) throw new Fault('not-found');
  const record = await deps.submissions.get(headKeyFor(form, id.data));
  if (record === undefined) throw new Fault('not-found');
  const submission = fromRecord(record);
  if (!mayRead(principal, submission.organisation)) throw new Fault('not-found');
  return { form, shard: shardFor(form, id.data), record, submission };
}

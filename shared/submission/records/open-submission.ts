import { authorise, mayRead } from '../../access/policy.ts';
import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { FormModel } from '../../form/model.ts';
import { InstanceId, isDraftId, publicOrganisation } from '../../ids.ts';
import { headKey, shardOf } from '../../store/keys.ts';
import type { Key, StoredRecord } from '../../store/record-store.ts';
import type { SubmissionStores } from './submission-deps.ts';
import { fromRecord } from './head-record.ts';
import type { Submission } from './submission.ts';

/** A submission as it stands, with the record that it was read from. */
export interface OpenSubmission {
  readonly form: FormRecord;
  readonly shard: number;
  readonly record: StoredRecord;
  readonly submission: Submission;
}

/** Who fills in a form for `anyone` without a token: no token has this id, and nobody signs in as it. */
export const anyone: Principal = {
  role: 'member',
  organisation: publicOrganisation,
  tokenId: 'anyone',
};

/** The form that a request names. Fault `not-found`. */
export async function openForm(deps: SubmissionStores, formId: string): Promise<FormRecord> {
  const form = await deps.forms.record(formId);
  if (form === undefined) throw new Fault('not-found');
  return form;
}

/**
 * Refuses who may not fill in the form: Fault `unauthenticated`, `forbidden`. A draft is the
 * coordinator's, whoever the form is for.
 */
export function authoriseSender(form: FormRecord, principal: Principal | undefined): void {
  authorise(isDraftId(form.formId) ? 'coordinator' : 'form-audience', principal, form.audience);
}

/**
 * The model of the version that a submission was given to. Of a draft only the newest is kept: it
 * stands in for those before.
 */
export async function modelFor(
  deps: SubmissionStores,
  form: FormRecord,
  version: string,
): Promise<FormModel> {
  const known = form.versions.some((candidate) => candidate.version === version);
  return deps.forms.modelOf(form, known ? version : undefined);
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
  deps: SubmissionStores,
  principal: Principal,
  formId: string,
  instanceId: string,
): Promise<OpenSubmission> {
  const opened = await findSubmission(deps, formId, instanceId);
  if (!mayRead(principal, opened.submission.organisation)) throw new Fault('not-found');
  return opened;
}

/** The same for whoever asks: the caller decides who may see what of it. Fault `not-found`. */
export async function findSubmission(
  deps: SubmissionStores,
  formId: string,
  instanceId: string,
): Promise<OpenSubmission> {
  const form = await openForm(deps, formId);
  const id = InstanceId.safeParse(instanceId);
  if (!id.success) throw new Fault('not-found');
  const record = await deps.submissions.get(headKeyFor(form, id.data));
  if (record === undefined) throw new Fault('not-found');
  return { form, shard: shardFor(form, id.data), record, submission: fromRecord(record) };
}

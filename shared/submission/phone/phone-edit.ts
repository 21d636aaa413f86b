import { Fault } from '../../fault.ts';
import { InstanceId } from '../../ids.ts';
import { attribute, historyRange } from '../../store/keys.ts';
import { pagesOf } from '../../store/record-store.ts';
import { addFiles, afterErasure, isCurrentEdition } from './add-files.ts';
import { deleteAliases, putAlias, readAlias } from '../records/aliases.ts';
import { actHash } from '../records/content-hash.ts';
import type { SubmissionDeps } from '../records/deps.ts';
import { fromRecord } from '../records/head-record.ts';
import { headKeyFor, openSubmission, type OpenSubmission } from '../records/open-submission.ts';
import { readPhoneAnswers } from './phone-answers.ts';
import { phoneContent, storeContent } from './phone-content.ts';
import type { PhonePost, Received } from './phone-post.ts';
import { refusalOf } from '../records/refusal.ts';
import { refusePost } from './refuse-post.ts';
import { reviseSubmission } from '../records/revise-submission.ts';
import type { Submission } from '../records/submission.ts';

const attempts = 20;

/**
 * Takes an edit that a phone made: an instance with an id of its own, which says by `deprecatedId`
 * whose place it takes. The submission keeps its first id; the edit's own becomes another name for
 * it, and what the next edit has to name. An edit of anything but what the submission holds now (a
 * phone's, older or newer, or one made by hand since) is refused: it would undo what it has not seen.
 *
 * Throws Fault `not-found` (unknown, or another organisation's), `conflict` (in quarantine),
 * `erased`, `record-too-large`.
 */
export async function receiveEdit(
  deps: SubmissionDeps,
  post: PhonePost,
  deprecatedId: string,
): Promise<Received> {
  const alias = await readAlias(deps.registry, post.form.formId, deprecatedId);
  const instanceId = alias ?? deprecatedId;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const opened = await openOwn(deps, post, instanceId);
    const { submission } = opened;
    if (submission.state === 'erased') throw await afterErasureOfEdited(deps, post, instanceId);
    if (isCurrentEdition(submission, post)) return addFiles(deps, post, instanceId);
    if (submission.openRosa?.id !== deprecatedId) {
      const known = await isEarlierEdition(deps, opened, post);
      return known ? addFiles(deps, post, instanceId) : refusePost(deps, post, instanceId);
    }
    if (await isTaken(deps, post, instanceId)) return refusePost(deps, post, instanceId);
    try {
      const revised = await replace(deps, post, submission);
      return { created: true, submission: revised, missing: revised.missing };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'erased') throw await afterErasureOfEdited(deps, post, instanceId);
      if (error.code !== 'stale-revision') throw error;
    }
  }
  throw new Fault('store-unavailable');
}

/**
 * True if the edit's own id is another submission's. If not, it is noted as another name for this
 * one, before the head speaks of it: the next edit finds its submission by it.
 */
async function isTaken(
  deps: SubmissionDeps,
  { form, id }: PhonePost,
  instanceId: string,
): Promise<boolean> {
  if ((await deps.submissions.get(headKeyFor(form, id))) !== undefined) return true;
  return !(await putAlias(deps.registry, form.formId, instanceId, id));
}

async function replace(
  deps: SubmissionDeps,
  post: PhonePost,
  submission: Submission,
): Promise<Submission> {
  const { form, principal, id, hash } = post;
  const { formId, instanceId, organisation, receivedAt, contentHash, revision } = submission;
  const read = await readPhoneAnswers(deps, form, post.instance);
  const content = await phoneContent(deps, post, instanceId, read, submission);
  await storeContent(deps, post, instanceId, content);
  const refusal = await refusalOf(deps, form, read, submission);
  const kept = { formId, instanceId, organisation, receivedAt, contentHash };
  const next = { ...content, ...refusal, ...kept };
  return reviseSubmission(
    deps,
    principal,
    { formId, instanceId, revision },
    { hash: actHash('edit', { openRosa: id, hash }), next: () => next },
  );
}

/** Only the organisation that sent a submission edits it from a phone: nobody else has it on one. */
async function openOwn(
  deps: SubmissionDeps,
  { form, principal }: PhonePost,
  instanceId: string,
): Promise<OpenSubmission> {
  if (!InstanceId.safeParse(instanceId).success) throw new Fault('not-found');
  const opened = await openSubmission(deps, principal, form.formId, instanceId);
  if (opened.submission.organisation !== principal.organisation) throw new Fault('not-found');
  return opened;
}

async function afterErasureOfEdited(
  deps: SubmissionDeps,
  { form: { formId }, id }: PhonePost,
  instanceId: string,
): Promise<Fault> {
  await deleteAliases(deps.registry, formId, instanceId, id);
  return afterErasure(deps, formId, instanceId);
}

/** True if the post was taken before, and others have followed. */
async function isEarlierEdition(
  deps: SubmissionDeps,
  { record, submission }: OpenSubmission,
  post: PhonePost,
): Promise<boolean> {
  const range = { partition: record.pk, ...historyRange(submission.instanceId) };
  for await (const records of pagesOf(deps.submissions, range)) {
    for (const piece of records) {
      // A writer that stopped half-way may have put history of what is still the head.
      if (Number(piece[attribute.revision]) >= submission.revision) continue;
      if (isCurrentEdition(fromRecord(piece), post)) return true;
    }
  }
  return false;
}

import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import { pagesOf, type StoredRecord } from '../../store/record-store.ts';
import { addFiles, afterErasure, isCurrentEdition } from './add-files.ts';
import {
  deleteInstanceAliases,
  putInstanceAlias,
  readInstanceAlias,
} from '../records/instance-aliases.ts';
import { actHash } from '../records/content-hash.ts';
import type { SubmissionDeps } from '../records/submission-deps.ts';
import { wasErased } from '../erasure/erasure-ledger.ts';
import { checkHeadSize, fromRecord, toHead } from '../records/head-record.ts';
import {
  authoriseSender,
  headKeyFor,
  openForm,
  openSubmission,
  shardFor,
  type OpenSubmission,
} from '../records/open-submission.ts';
import { phoneContent, readPhoneAnswers, storeContent } from './phone-content.ts';
import { openPost, type PhonePost, type Received, type SentByPhone } from './phone-post.ts';
import { refusalOf } from '../records/refused-consent.ts';
import { quarantinePost } from './quarantine-post.ts';
import type { Submission } from '../records/submission.ts';
import { InstanceId } from '../../ids.ts';
import { attribute, historyRange } from '../../store/keys.ts';
import { reviseSubmission } from '../records/revise-submission.ts';

/**
 * Takes in what a phone sends: a filled form as XML, with all its files or, of many chunks that carry
 * the same XML, some of them; in any order, again, and several at once. First the bytes of the files
 * are stored, then one conditional put makes the submission or its next revision: what is
 * acknowledged is there, and what was not is completed by sending it again. Answers that break the
 * form are issues of the submission and no refusal, for the phone cannot correct them.
 *
 * `created` is true for what brought something new (the submission, a file, an edit), false for what
 * was there before. The same content under the same id is never a conflict, whatever has become of
 * the submission since, though the form be closed.
 *
 * Throws Fault `not-found` (no such form; an edit of what is not there), `forbidden`,
 * `form-not-open`, `malformed-request`, `conflict` (another XML under that id, other bytes under a
 * file's name, an edit of what is not current: what came is in quarantine), `erased`,
 * `record-too-large`.
 */
export async function receiveFromPhone(
  deps: SubmissionDeps,
  principal: Principal,
  sent: SentByPhone,
): Promise<Received> {
  const form = await openForm(deps, sent.instance.formId);
  authoriseSender(form, principal);
  const post = await openPost(form, principal, sent);
  const { deprecatedId } = sent.instance;
  const edits = deprecatedId !== undefined && deprecatedId !== post.id;
  return edits ? receiveEdit(deps, post, deprecatedId) : receiveNew(deps, post);
}

async function receiveNew(deps: SubmissionDeps, post: PhonePost): Promise<Received> {
  const { form, id, parcels } = post;
  // A chunk with files most often belongs to what is there: nothing is stored before that is known.
  const looksFirst = parcels.size > 0 || form.state !== 'published';
  const found = looksFirst ? await deps.submissions.get(headKeyFor(form, id)) : undefined;
  if (found !== undefined) return joinExisting(deps, post, found);
  if (await wasErased(deps, form.formId, id)) {
    const tombstone = await deps.submissions.get(headKeyFor(form, id));
    if (tombstone !== undefined) return joinExisting(deps, post, tombstone);
    throw new Fault('erased');
  }
  if (form.state !== 'published') throw new Fault('form-not-open');
  const alias = await readInstanceAlias(deps.registry, form.formId, id);
  if (alias !== undefined) return quarantinePost(deps, post, alias);
  const read = await readPhoneAnswers(deps, form, post.instance);
  const content = await phoneContent(deps, post, id, read);
  const now = deps.clock().toISOString();
  const submission: Submission = {
    ...content,
    ...(await refusalOf(deps, form, read)),
    formId: form.formId,
    instanceId: id,
    revision: 1,
    organisation: post.principal.organisation,
    receivedAt: now,
    updatedAt: now,
    contentHash: post.hash,
    actHash: actHash('create'),
    by: post.principal.tokenId,
  };
  const head = toHead(submission, shardFor(form, id));
  checkHeadSize(head, submission);
  await storeContent(deps, post, id, content);
  const existing = await deps.submissions.putIfAbsent(head);
  if (existing !== undefined) return joinExisting(deps, post, existing);
  return { created: true, submission, missing: submission.missing };
}

/** There is a submission under that id: this very content, to which files may be added, or another. */
async function joinExisting(
  deps: SubmissionDeps,
  post: PhonePost,
  existing: StoredRecord,
): Promise<Received> {
  const { form, id, principal, hash } = post;
  const { state, organisation, contentHash } = fromRecord(existing);
  const isOwn = organisation === principal.organisation;
  if (state === 'erased') {
    const erased = await afterErasure(deps, form.formId, id);
    throw isOwn ? erased : new Fault('conflict');
  }
  if (!isOwn || contentHash !== hash) return quarantinePost(deps, post, id);
  return addFiles(deps, post, id);
}

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
async function receiveEdit(
  deps: SubmissionDeps,
  post: PhonePost,
  deprecatedId: string,
): Promise<Received> {
  const alias = await readInstanceAlias(deps.registry, post.form.formId, deprecatedId);
  const instanceId = alias ?? deprecatedId;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const opened = await openOwn(deps, post, instanceId);
    const { submission } = opened;
    if (submission.state === 'erased') throw await afterErasureOfEdited(deps, post, instanceId);
    if (isCurrentEdition(submission, post)) return addFiles(deps, post, instanceId);
    if (submission.openRosa?.id !== deprecatedId) {
      const known = await isEarlierEdition(deps, opened, post);
      return known ? addFiles(deps, post, instanceId) : quarantinePost(deps, post, instanceId);
    }
    if (await isTaken(deps, post, instanceId)) return quarantinePost(deps, post, instanceId);
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
  return !(await putInstanceAlias(deps.registry, form.formId, instanceId, id));
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
  await deleteInstanceAliases(deps.registry, formId, instanceId, id);
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

import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import type { StoredRecord } from '../../store/record-store.ts';
import { addFiles, afterErasure } from './add-files.ts';
import { readAlias } from '../records/aliases.ts';
import { actHash } from '../records/content-hash.ts';
import type { SubmissionDeps } from '../records/deps.ts';
import { wasErased } from '../erasure/erasure-ledger.ts';
import { checkHeadSize, fromRecord, toHead } from '../records/head-record.ts';
import { authoriseSender, headKeyFor, openForm, shardFor } from '../records/open-submission.ts';
import { readPhoneAnswers } from './phone-answers.ts';
import { phoneContent, storeContent } from './phone-content.ts';
import { receiveEdit } from './phone-edit.ts';
import { openPost, type PhonePost, type Received, type SentByPhone } from './phone-post.ts';
import { refusalOf } from '../records/refusal.ts';
import { refusePost } from './refuse-post.ts';
import type { Submission } from '../records/submission.ts';

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
  const alias = await readAlias(deps.registry, form.formId, id);
  if (alias !== undefined) return refusePost(deps, post, alias);
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
  if (!isOwn || contentHash !== hash) return refusePost(deps, post, id);
  return addFiles(deps, post, id);
}

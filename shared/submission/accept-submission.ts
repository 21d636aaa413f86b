import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { FormRecord } from '../form/library/form-record.ts';
import { InstanceId } from '../ids.ts';
import { canonicalJson } from '../json.ts';
import { historyKey } from '../store/keys.ts';
import { checkRecordSize } from '../store/record-size.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { checkAnswers } from './attachments/check-answers.ts';
import { actHash, contentHash, type Sent } from './records/content-hash.ts';
import type { SubmissionDeps } from './records/submission-deps.ts';
import { wasErased } from './erasure/erasure-ledger.ts';
import { checkHeadSize, fromRecord, toHead } from './records/head-record.ts';
import {
  anyone,
  authoriseSender,
  headKeyFor,
  openForm,
  shardFor,
} from './records/open-submission.ts';
import { quarantineBody } from './records/quarantine.ts';
import { placeAttachments, type Content } from './attachments/attachment-state.ts';
import { refusalOf } from './records/refused-consent.ts';
import type { Issue, Submission } from './records/submission.ts';

/** A filled form as a client sends it. */
export interface SentSubmission extends Sent {
  readonly instanceId: string;
}

export interface Accepted {
  /** False: a replay. */
  readonly created: boolean;
  /** Revision 1, whatever has become of it since. */
  readonly submission: Submission;
  readonly warnings: readonly Issue[];
}

/**
 * Takes a filled form in. One conditional put is the whole commit; before it nothing is written,
 * after it nothing more is needed. The same content again under the same instanceId is a replay,
 * answered as the first time even if the submission was edited, reviewed or withdrawn since, the
 * form closed, or the answers would not pass any more. Without a token (forms for `anyone`) the
 * submission belongs to the organisation `public`.
 *
 * Throws Fault `not-found` (no such form), `unauthenticated`, `forbidden`, `form-not-open`,
 * `invalid-body` (instanceId, version), `invalid-answers`, `record-too-large`, `conflict` (other
 * content, or another organisation's: the refused body is in quarantine), `erased`.
 */
export async function acceptSubmission(
  deps: SubmissionDeps,
  principal: Principal | undefined,
  formId: string,
  sent: SentSubmission,
): Promise<Accepted> {
  const form = await openForm(deps, formId);
  authoriseSender(form, principal);
  const arrival = { ...sent, ...arrivalOf(form, principal, sent) };
  const erased = await wasErased(deps, form.formId, arrival.instanceId);
  const checked =
    form.state === 'published' ? await checkAnswers(deps, form, sent) : new Fault('form-not-open');
  if (checked instanceof Fault) {
    const existing = await deps.submissions.get(headKeyFor(form, arrival.instanceId));
    const earlier = existing && (await earlierAnswer(deps, form, existing, arrival));
    if (earlier === undefined)
      throw erased && existing === undefined ? new Fault('erased') : checked;
    return earlier;
  }
  const place = { formId: form.formId, instanceId: arrival.instanceId };
  const content = await placeAttachments(deps, place, checked);
  const refusal = await refusalOf(deps, form, checked);
  const submission = firstRevision(deps, form, arrival, { ...content, ...refusal });
  const head = toHead(submission, shardFor(form, submission.instanceId));
  checkHeadSize(head, submission);
  const { pk, sk } = head;
  // Without the put: the tombstone may go at any moment.
  const existing = await (erased
    ? deps.submissions.get({ pk, sk })
    : deps.submissions.putIfAbsent(head));
  if (existing === undefined && erased) throw new Fault('erased');
  if (existing === undefined) return { created: true, submission, warnings: checked.warnings };
  const earlier = await earlierAnswer(deps, form, existing, arrival);
  if (earlier !== undefined) return earlier;
  const { instanceId, organisation, by, hash, text } = arrival;
  await quarantineBody(deps, form, hash, {
    instanceId,
    organisation,
    by,
    formVersion: checked.formVersion,
    refusedAt: deps.clock().toISOString(),
    answers: text,
  });
  throw new Fault('conflict');
}

interface Arrival extends Sent {
  readonly instanceId: InstanceId;
  readonly organisation: Submission['organisation'];
  readonly by: string;
  readonly hash: string;
  /** The answers as they came, in canonical JSON: what is hashed, and what the quarantine keeps. */
  readonly text: string;
}

function arrivalOf(
  form: FormRecord,
  principal: Principal | undefined,
  sent: SentSubmission,
): Omit<Arrival, keyof Sent> {
  const instanceId = InstanceId.safeParse(sent.instanceId);
  if (!instanceId.success) {
    throw new Fault('invalid-body', {
      errors: [
        {
          pointer: '/instanceId',
          code: 'invalid-instance-id',
          message: {
            fr: '8 à 128 lettres, chiffres, ou « : », « . », « _ », « - » ; un UUID convient.',
            en: '8 to 128 letters, digits, or ":", ".", "_", "-"; a UUID will do.',
          },
        },
      ],
    });
  }
  const sender = principal ?? anyone;
  const text = canonicalJson(sent.answers);
  // What was sent may be larger than what validation leaves of it; the quarantine keeps the former.
  checkRecordSize({ ...headKeyFor(form, instanceId.data), answers: text });
  return {
    instanceId: instanceId.data,
    organisation: sender.organisation,
    by: sender.tokenId,
    hash: contentHash(form.formId, sent.formVersion, text),
    text,
  };
}

function firstRevision(
  deps: SubmissionDeps,
  form: FormRecord,
  arrival: Arrival,
  content: Content & Pick<Submission, 'refused'>,
): Submission {
  const now = deps.clock().toISOString();
  return {
    ...content,
    formId: form.formId,
    instanceId: arrival.instanceId,
    revision: 1,
    organisation: arrival.organisation,
    receivedAt: now,
    updatedAt: now,
    contentHash: arrival.hash,
    actHash: actHash('create'),
    by: arrival.by,
  };
}

/**
 * The first answer again, if what is there came from the same organisation with the same content;
 * undefined if it is another's or another content. Throws Fault `erased`.
 */
async function earlierAnswer(
  deps: SubmissionDeps,
  form: FormRecord,
  existing: StoredRecord,
  arrival: Arrival,
): Promise<Accepted | undefined> {
  const current = fromRecord(existing);
  if (current.organisation !== arrival.organisation) return undefined;
  if (current.state === 'erased') throw new Fault('erased');
  if (current.contentHash !== arrival.hash) return undefined;
  if (current.revision === 1) return replay(current);
  const { formId, instanceId } = current;
  const first = await deps.submissions.get(
    historyKey(formId, shardFor(form, instanceId), instanceId, 1),
  );
  // History is there before the head that follows it, and goes only when the submission is erased.
  if (first === undefined) throw new Fault('erased');
  return replay(fromRecord(first));
}

function replay(submission: Submission): Accepted {
  return { created: false, submission, warnings: submission.issues };
}

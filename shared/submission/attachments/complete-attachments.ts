import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import type { FileFacts } from '../../form/types/answer-shapes.ts';
import { coordination } from '../../ids.ts';
import { attachmentsPrefix, deleteFiles, storedFiles } from '../records/attachment-keys.ts';
import { attachmentsAt, withFacts, type Attachment } from '../records/attachments.ts';
import { actHash } from '../records/content-hash.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';
import { modelFor, openSubmission, type OpenSubmission } from '../records/open-submission.ts';
import { reviseSubmission, type Revised } from '../records/revise-submission.ts';
import {
  earlierVerdicts,
  judged,
  sniffStored,
  attachmentState,
  type AttachmentState,
} from './attachment-state.ts';
import { statesWhenWhole, type StateWhenWhole, type Submission } from '../records/submission.ts';
import { parseAnswers } from '../records/submission-view.ts';

/** Who writes a revision that nobody asked for: no token has this id. */
const caretaker: Principal = {
  role: 'coordinator',
  organisation: coordination,
  tokenId: 'fiche',
};

/** How often someone else may get in between. Each time means that another revision was made. */
const attempts = 20;

/** What a client says of a file that the answers only name. */
export interface Claim extends FileFacts {
  readonly file: string;
}

/**
 * Looks which files of a submission are stored and, if that changes its state, makes a revision
 * that says so. With a claim, answers that only name that file are given its facts. An edit or a
 * review that comes between is kept: what it left is looked at anew. Nothing to change: no revision.
 *
 * Throws Fault `not-found`, `erased` (after deleting what was uploaded since), `conflict` (a claim
 * that contradicts the answers), `store-unavailable` (too many came between).
 */
export async function completeAttachments(
  deps: SubmissionStores,
  formId: string,
  instanceId: string,
  claimed?: { readonly claim: Claim; readonly by: Principal },
): Promise<Submission> {
  const who = claimed?.by ?? caretaker;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const opened = await openSubmission(deps, who, formId, instanceId);
    const { state, revision } = opened.submission;
    try {
      if (state === 'erased') throw new Fault('erased');
      const next = await revisionOf(deps, opened, claimed?.claim);
      if (next === undefined) return opened.submission;
      const { answers, missing } = next;
      const hash = actHash('settle', { answers, missing });
      const target = { formId, instanceId, revision };
      return await reviseSubmission(deps, who, target, { hash, next: () => next });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'erased') {
        await deleteFiles(deps.objects, attachmentsPrefix(formId, instanceId));
      }
      if (error.code !== 'stale-revision') throw error;
    }
  }
  throw new Fault('store-unavailable');
}

/** The revision that says what is stored now; undefined: the submission says so already. */
async function revisionOf(
  deps: SubmissionStores,
  { form, submission }: OpenSubmission,
  claim: Claim | undefined,
): Promise<Revised | undefined> {
  const { formId, instanceId, attachments } = submission;
  if (attachments.length === 0) return undefined;
  const model = await modelFor(deps, form, submission.formVersion);
  const answers = parseAnswers(submission);
  const before = attachmentsAt(answers, attachments);
  if (claim !== undefined) refuseContradiction(before, claim);
  const filled = withFacts(answers, attachments, ({ file, facts }) =>
    facts === undefined && file === claim?.file ? claim : undefined,
  );
  const named = attachmentsAt(filled, attachments);
  if (named.every(({ facts }) => facts === undefined)) return undefined;
  const stored = await storedFiles(deps.objects, formId, instanceId);
  const known = earlierVerdicts(model, submission, before);
  const sniff = sniffStored(deps.objects, formId, instanceId);
  const verdicts = await judged(model, named, stored, known, sniff);
  const found = attachmentState(model, named, stored, verdicts, {
    issues: submission.issues,
    otherwise: otherwiseOf(submission),
  });
  const text = filled === answers ? submission.answers : JSON.stringify(filled);
  return afterArrival(submission, { ...found, answers: text });
}

/** Throws Fault `conflict` if the answers say otherwise of that file. */
function refuseContradiction(
  attachments: readonly Attachment[],
  { file, sha256, bytes }: Claim,
): void {
  const other = attachments.some(
    ({ file: name, facts }) =>
      name === file && facts !== undefined && (facts.sha256 !== sha256 || facts.bytes !== bytes),
  );
  if (other) throw differs();
}

/** Fault `conflict`: under that name the answers have a file with other bytes. */
function differs(): Fault {
  return new Fault('conflict', {
    errors: [
      {
        pointer: '/sha256',
        code: 'attachment-differs',
        message: {
          fr: 'Les réponses ont sous ce nom un fichier dont les octets sont autres : corrigez-les pour le remplacer.',
          en: 'The answers have a file of other bytes under that name: edit them to replace it.',
        },
      },
    ],
  });
}

/** The state that a submission has, or is to have, when all its files are there. */
export function otherwiseOf({ state, whenWhole }: Submission): StateWhenWhole {
  return whenWhole ?? statesWhenWhole.find((one) => one === state) ?? 'received';
}

/**
 * The revision in which files have come. It is as if it had just been sent, also if it was
 * reviewed before they were there, for nobody has seen them; but a rejection and a withdrawal hold.
 * Undefined: nothing has come, nor become known.
 */
export function afterArrival(
  submission: Submission,
  { state, missing, whenWhole, issues, answers }: AttachmentState & Pick<Submission, 'answers'>,
): Revised | undefined {
  const same = missing.join('/') === submission.missing.join('/');
  if (same && answers === submission.answers && issues.length === submission.issues.length) {
    return undefined;
  }
  const { review, ...rest } = submission;
  const stays = same || submission.state === 'rejected' || submission.state === 'withdrawn';
  return {
    ...rest,
    ...(stays && review !== undefined ? { review } : {}),
    whenWhole,
    state: stays ? submission.state : state,
    answers,
    missing,
    issues,
  };
}

import { Fault } from '../fault.ts';
import { attachmentKey, attachmentsPrefix, deleteFiles } from './attachment-keys.ts';
import { attachmentsAt, withFacts } from './attachments.ts';
import { actHash } from './content-hash.ts';
import type { SubmissionDeps } from './deps.ts';
import { modelFor, openSubmission, type OpenSubmission } from './open-submission.ts';
import {
  sniffParcels,
  storeParcels,
  type Parcel,
  type PhonePost,
  type Received,
} from './phone-post.ts';
import { refusePost } from './refuse-post.ts';
import { reviseSubmission, type Revised } from './revise-submission.ts';
import { afterArrival, otherwiseOf } from './settle-attachments.ts';
import { earlierVerdicts, judged, sniffStored, standing, storedBefore } from './standing.ts';
import type { Submission } from './submission.ts';
import { parseAnswers } from './view.ts';

/** How often someone else may get in between: chunks of one submission come side by side. */
const attempts = 50;

/**
 * Adds the files of a post whose XML has been taken already: first the bytes, then a revision that
 * says that they are there. Nothing new: no revision. A file that the answers do not name is left
 * aside, and so is one of an earlier edition, whose answers have been replaced since, unless they
 * still wait for a file of that name.
 *
 * Throws Fault `erased` (after deleting what was stored meanwhile), `conflict` (a name under which
 * other bytes are stored: what came is in quarantine).
 */
export async function addFiles(
  deps: SubmissionDeps,
  post: PhonePost,
  instanceId: string,
): Promise<Received> {
  const { formId } = post.form;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const opened = await openSubmission(deps, post.principal, formId, instanceId);
    const { submission } = opened;
    if (submission.state === 'erased') throw await afterErasure(deps, formId, instanceId);
    const arrivals = arrivalsOf(submission, post);
    if (arrivals === undefined) return refusePost(deps, post, instanceId);
    const nothing = { created: false, submission, missing: submission.missing };
    if (arrivals.size === 0) return nothing;
    await storeParcels(deps.objects, arrivals.values(), (hash) =>
      attachmentKey(formId, instanceId, hash),
    );
    const next = await withFiles(deps, opened, arrivals);
    if (next === undefined) return nothing;
    const { answers, missing } = next;
    const target = { formId, instanceId, revision: submission.revision };
    const act = { hash: actHash('settle', { answers, missing }), next: () => next };
    try {
      const revised = await reviseSubmission(deps, post.principal, target, act);
      return { created: true, submission: revised, missing: revised.missing };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'erased') throw await afterErasure(deps, formId, instanceId);
      if (error.code !== 'stale-revision') throw error;
    }
  }
  throw new Fault('store-unavailable');
}

/** Deletes the files that were stored for a submission while it was erased: who lost cleans up. */
export async function afterErasure(
  { objects }: SubmissionDeps,
  formId: string,
  instanceId: string,
): Promise<Fault> {
  await deleteFiles(objects, attachmentsPrefix(formId, instanceId));
  return new Fault('erased');
}

/** True if the answers are those of this very post, and not of an edit before or after it. */
export function isCurrentEdition({ openRosa }: Submission, { id, hash }: PhonePost): boolean {
  return openRosa?.id === id && openRosa.hash === hash;
}

/** The files that the answers wait for, by name; undefined: one contradicts what is stored. */
function arrivalsOf(
  submission: Submission,
  post: PhonePost,
): ReadonlyMap<string, Parcel> | undefined {
  const arrivals = new Map<string, Parcel>();
  if (post.parcels.size === 0) return arrivals;
  const isCurrent = isCurrentEdition(submission, post);
  for (const { file, facts } of attachmentsAt(parseAnswers(submission), submission.attachments)) {
    const parcel = post.parcels.get(file);
    if (parcel === undefined) continue;
    const isSame = facts === undefined || facts.sha256 === parcel.facts.sha256;
    if (!submission.missing.includes(file)) {
      if (!isSame && isCurrent) return undefined;
    } else if (isSame || isCurrent) {
      // What someone said of a file before it came holds less than the file itself.
      arrivals.set(file, parcel);
    }
  }
  return arrivals;
}

async function withFiles(
  deps: SubmissionDeps,
  { form, submission }: OpenSubmission,
  arrivals: ReadonlyMap<string, Parcel>,
): Promise<Revised | undefined> {
  const { formId, instanceId, attachments } = submission;
  const model = await modelFor(deps, form, submission.formVersion);
  const answers = parseAnswers(submission);
  const before = attachmentsAt(answers, attachments);
  const filled = withFacts(answers, attachments, ({ file }) => arrivals.get(file)?.facts);
  const named = attachmentsAt(filled, attachments);
  const stored = new Set([
    ...storedBefore(submission, before),
    ...[...arrivals.values()].map(({ facts }) => facts.sha256),
  ]);
  const known = earlierVerdicts(model, submission, before);
  const sniff = sniffParcels(arrivals, sniffStored(deps.objects, formId, instanceId));
  const verdicts = await judged(model, named, stored, known, sniff);
  const stands = standing(model, named, stored, verdicts, {
    issues: submission.issues,
    otherwise: otherwiseOf(submission),
  });
  return afterArrival(submission, { ...stands, answers: JSON.stringify(filled) });
}

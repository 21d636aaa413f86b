import { Fault } from '../../fault.ts';
import { attachmentKey, attachmentsPrefix, deleteFiles } from '../records/attachment-keys.ts';
import { attachmentsAt, withFacts } from '../records/attachments.ts';
import { actHash } from '../records/content-hash.ts';
import type { SubmissionDeps } from '../records/submission-deps.ts';
import { modelFor, openSubmission, type OpenSubmission } from '../records/open-submission.ts';
import {
  parcelFor,
  sniffParcels,
  storeParcels,
  mentionedIn,
  unexpectedFiles,
  unnamedParcels,
  type Parcel,
  type PhonePost,
  type Received,
} from './phone-post.ts';
import { quarantinePost } from './quarantine-post.ts';
import { reviseSubmission, type Revised } from '../records/revise-submission.ts';
import { afterArrival, otherwiseOf } from '../attachments/complete-attachments.ts';
import {
  earlierVerdicts,
  judged,
  sniffStored,
  attachmentState,
  storedBefore,
} from '../attachments/attachment-state.ts';
import type { Issue, Submission } from '../records/submission.ts';
import { parseAnswers } from '../records/submission-view.ts';

/** How often someone else may get in between: chunks of one submission come side by side. */
const attempts = 50;

/**
 * Adds the files of a post whose XML has been taken already: first the bytes, then a revision that
 * says that they are there. Nothing new: no revision. A file of an earlier edition, whose answers have
 * been replaced since, is left aside unless they still wait for a file of that name.
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
    if (arrivals === undefined) return quarantinePost(deps, post, instanceId);
    const nothing = { created: false, submission, missing: submission.missing };
    const unexpected = unexpectedOf(submission, post);
    if (arrivals.size === 0 && unexpected.length === 0) return nothing;
    const unnamed = mentionedIn([...post.parcels.values()], unexpected);
    await storeParcels(deps.objects, [...arrivals.values(), ...unnamed], (hash) =>
      attachmentKey(formId, instanceId, hash),
    );
    const next = await withFiles(deps, opened, arrivals, unexpected);
    if (next === undefined) return nothing;
    const { answers, missing, issues } = next;
    const target = { formId, instanceId, revision: submission.revision };
    const said = { answers, missing, ...(unexpected.length > 0 && { issues }) };
    const act = { hash: actHash('settle', said), next: () => next };
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
    const parcel = parcelFor(post.parcels, file);
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

/** What is to be said of files that came for the answers as they are and that none of them names. */
function unexpectedOf(submission: Submission, post: PhonePost): readonly Issue[] {
  if (post.parcels.size === 0 || !isCurrentEdition(submission, post)) return [];
  const named = attachmentsAt(parseAnswers(submission), submission.attachments);
  return unexpectedFiles(unnamedParcels(post.parcels, named), submission.issues);
}

async function withFiles(
  deps: SubmissionDeps,
  { form, submission }: OpenSubmission,
  arrivals: ReadonlyMap<string, Parcel>,
  unexpected: readonly Issue[],
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
  const found = attachmentState(model, named, stored, verdicts, {
    issues: [...submission.issues, ...unexpected],
    otherwise: otherwiseOf(submission),
  });
  return afterArrival(submission, { ...found, answers: JSON.stringify(filled) });
}

import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import { isJsonObject, type JsonValue } from '../../json.ts';
import { historyKey } from '../../store/keys.ts';
import type { SubmissionStores } from './submission-deps.ts';
import { differences } from './differences.ts';
import { checkHeadSize, fromRecord, toHead, toHistory } from './head-record.ts';
import { modelFor, openSubmission, type OpenSubmission } from './open-submission.ts';
import type { Submission } from './submission.ts';
import { parseAnswers } from './submission-view.ts';

/** Which revision of which submission a caller means to replace (If-Match). */
export interface Target {
  readonly formId: string;
  readonly instanceId: string;
  readonly revision: number;
}

/** What makes a revision out of the one before. */
export interface Act {
  /** Hash of what it does: the same again is a repetition. */
  readonly hash: string;
  /** The answers that the caller sent, if any: a stale caller is told what differs from them. */
  readonly sent?: JsonValue;
  /** The next revision, but for what every revision has; undefined: there is nothing to change. */
  readonly next: (
    opened: OpenSubmission,
    /** Time stamp of the next revision. */
    at: string,
  ) => Promise<Revised | undefined> | Revised | undefined;
}

/** What an act decides of the next revision. */
export type Revised = Omit<Submission, 'revision' | 'updatedAt' | 'actHash' | 'by'>;

/**
 * Replaces revision n of a submission by n + 1: first history(n), the same bytes whoever writes it,
 * then the head, if its revision is still n. Whatever happens between the two leaves nothing wrong.
 * An act that is found as revision n + 1 already (its answer was lost) is answered as done, even if
 * others have followed.
 *
 * Throws Fault `not-found`, `erased`, `stale-revision` with `currentRevision` and `differs` (JSON
 * pointers, in the body sent, of the questions that differ from the current answers),
 * `record-too-large`, and what `act.next` throws.
 */
export async function reviseSubmission(
  deps: SubmissionStores,
  principal: Principal,
  target: Target,
  act: Act,
): Promise<Submission> {
  const opened = await openSubmission(deps, principal, target.formId, target.instanceId);
  const { submission, record, shard } = opened;
  if (submission.state === 'erased' || submission.revision !== target.revision) {
    return overtaken(deps, opened, target, act);
  }
  const at = timeAfter(submission.updatedAt, deps.clock());
  const revised = await act.next(opened, at);
  if (revised === undefined) return submission;
  const next: Submission = {
    ...revised,
    revision: submission.revision + 1,
    updatedAt: at,
    actHash: act.hash,
    by: principal.tokenId,
  };
  const head = toHead(next, shard);
  checkHeadSize(head, next);
  await deps.submissions.put(toHistory(record));
  if (await deps.submissions.putIfRevision(head, submission.revision)) return next;
  const lost = await openSubmission(deps, principal, target.formId, target.instanceId);
  return overtaken(deps, lost, target, act);
}

/**
 * A time after `earlier`, even if this machine's clock is behind the one that made it: readers of
 * "what changed since" rely on `at` growing with each revision.
 */
export function timeAfter(earlier: string, now: Date): string {
  return new Date(Math.max(now.getTime(), Date.parse(earlier) + 1)).toISOString();
}

/** Another revision is there than the one to be replaced: our own, someone else's, or a tombstone. */
async function overtaken(
  deps: SubmissionStores,
  opened: OpenSubmission,
  target: Target,
  act: Act,
): Promise<Submission> {
  const { submission } = opened;
  const { formId, instanceId } = submission;
  if (submission.state === 'erased') {
    // Whoever comes here may have put this piece of history while the record was being erased, now
    // or in an attempt whose answer was lost: who lost cleans up.
    await deps.submissions.delete(
      historyKey(formId, opened.shard, instanceId, Math.max(target.revision, 1)),
    );
    throw new Fault('erased');
  }
  const followed = await revisionOf(deps, opened, target.revision + 1);
  if (followed?.actHash === act.hash) return followed;
  throw new Fault('stale-revision', {
    extra: {
      currentRevision: submission.revision,
      differs: await differing(deps, opened, target.revision, act.sent),
    },
  });
}

/** A revision of an open submission, the current or an earlier one; undefined: no such. */
async function revisionOf(
  deps: SubmissionStores,
  { shard, submission }: OpenSubmission,
  revision: number,
): Promise<Submission | undefined> {
  if (revision === submission.revision) return submission;
  if (revision < 1 || revision > submission.revision) return undefined;
  const { formId, instanceId } = submission;
  const record = await deps.submissions.get(historyKey(formId, shard, instanceId, revision));
  return record === undefined ? undefined : fromRecord(record);
}

/** Who sent no answers (a review, a withdrawal) is told what has changed since the revision it saw. */
async function differing(
  deps: SubmissionStores,
  opened: OpenSubmission,
  revision: number,
  sent: JsonValue | undefined,
): Promise<readonly string[]> {
  const seen = sent === undefined ? await revisionOf(deps, opened, revision) : undefined;
  const before = seen === undefined ? sent : parseAnswers(seen);
  if (!isJsonObject(before)) return [];
  const model = await modelFor(deps, opened.form, opened.submission.formVersion);
  const found = differences(before, parseAnswers(opened.submission), { prefix: '/answers', model });
  return found.map(({ pointer }) => pointer);
}

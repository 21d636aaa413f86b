import * as z from 'zod';
import { authorise } from '../access/policy.ts';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import { OrgId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import {
  earlierOrganisationIndexKey,
  historyKey,
  inboxIndexKey,
  organisationIndexKey,
  registryKey,
  shardKey,
} from '../store/keys.ts';
import { pagesOf, type Range, type StoredRecord } from '../store/record-store.ts';
import { fromCursor, malformed, pageSize, toCursor } from './records/cursor.ts';
import type { SubmissionDeps } from './records/submission-deps.ts';
import { differences, type Difference } from './records/differences.ts';
import { fromRecord, waitsFor } from './records/head-record.ts';
import { newestFirst, placeOf, type Place } from './records/newest-first.ts';
import {
  modelFor,
  openForm,
  openSubmission,
  type OpenSubmission,
} from './records/open-submission.ts';
import { fromQuarantine, type Quarantined } from './records/quarantine.ts';
import type { Review, Submission, SubmissionState } from './records/submission.ts';
import { parseAnswers } from './records/submission-view.ts';

export interface Listed<T> {
  readonly items: readonly T[];
  /** Null: that was all. */
  readonly next: string | null;
}

interface Paging {
  readonly cursor?: string | undefined;
  /** 50 unless told, at most 200. */
  readonly limit?: number | undefined;
}

export interface SubmissionFilter extends Paging {
  readonly state?: SubmissionState | undefined;
  readonly organisation?: string | undefined;
  /** ISO 8601 date or time: only what has changed then or later. */
  readonly since?: string | undefined;
}

/** A Lambda answers with 6 MB at most, and a page of the largest submissions would have 70. */
const maxAnswerBytes = 4_000_000;

/** How many records a request looks at for the few that pass its filter, before it says "go on here". */
const maxExamined = 2_000;

/** The submission as it stands. Throws Fault `not-found` (also for another organisation's), `erased`. */
export async function readSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
): Promise<Submission> {
  return (await openLiving(deps, principal, formId, instanceId)).submission;
}

/**
 * A page of a form's submissions, newest change first: the member's own, or the coordinator's choice.
 * Erased ones are listed only to the coordinator who asks for that state. What changes while someone
 * pages moves to the front; everything else comes exactly once. Lists by organisation and of what
 * awaits review are read from indexes that may lag behind by moments: a list is a view, and whoever
 * acts on it names the revision, so nothing is read again here.
 *
 * Throws Fault `not-found` (no such form), `malformed-request` (a parameter).
 */
export async function listSubmissions(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  filter: SubmissionFilter = {},
): Promise<Listed<Submission>> {
  const form = await openForm(deps, formId);
  const limit = pageSize(filter.limit);
  const after = fromCursor(z.strictObject({ at: z.iso.datetime(), id: z.string() }), filter.cursor);
  const ranges = rangesFor(principal, form, filter);
  const wanted = (record: StoredRecord) =>
    filter.state === undefined ? record['state'] !== 'erased' : record['state'] === filter.state;

  const items: Submission[] = [];
  let last: Place | undefined = after;
  let examined = 0;
  let bytes = 0;
  // Its share, the record where the page before ended, and two to see that there is more.
  const readAhead = Math.ceil(limit / Math.max(ranges.length, 1)) + 3;
  for await (const record of newestFirst(deps.submissions, ranges, after, readAhead)) {
    bytes += String(record['answers']).length;
    const full = items.length === limit || (items.length > 0 && bytes > maxAnswerBytes);
    if (last !== undefined && (full || examined === maxExamined)) {
      return { items, next: toCursor(last) };
    }
    examined += 1;
    last = placeOf(record);
    if (wanted(record)) items.push(fromRecord(record));
    else bytes -= String(record['answers']).length;
  }
  return { items, next: null };
}

/** Where to read, so that as little as possible is read in vain. */
function rangesFor(
  principal: Principal,
  { formId, shards }: { formId: string; shards: number },
  { state, organisation, since }: SubmissionFilter,
): Omit<Range, 'descending' | 'to'>[] {
  const from = since === undefined ? {} : { from: timeOf(since) };
  const org = organisation === undefined ? undefined : OrgId.safeParse(organisation);
  if (org?.success === false) throw malformed('organisation');
  const whose = principal.role === 'coordinator' ? org?.data : principal.organisation;
  // A member that asks for another organisation's gets what it may see of them: nothing.
  if (org !== undefined && org.data !== whose) return [];
  if (whose !== undefined) {
    const partitions = Array.from({ length: shards }, (_, shard) =>
      organisationIndexKey(formId, shard, whose),
    );
    // A head is in one of them only: what is written anew leaves the earlier one.
    return [...partitions, earlierOrganisationIndexKey(formId, whose)].map((partition) => ({
      index: 'byOrganisation',
      partition,
      ...from,
    }));
  }
  const waits = state === undefined ? undefined : waitsFor(state);
  return Array.from({ length: shards }, (_, shard) =>
    waits === undefined
      ? { index: 'byTime', partition: shardKey(formId, shard), ...from }
      : { index: 'inbox', partition: inboxIndexKey(formId, shard, waits), ...from },
  );
}

function timeOf(since: string): string {
  const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).safeParse(since);
  if (!time.success) throw malformed('since');
  return new Date(time.data).toISOString();
}

export interface RevisionView {
  readonly revision: number;
  readonly state: SubmissionState;
  readonly formVersion: string;
  readonly updatedAt: string;
  /** Id of the token that wrote it: for the coordinator's eyes. */
  readonly by?: string;
  readonly review?: Review;
  /** From the revision before; none for the first. */
  readonly differences: readonly Difference[];
}

/** The revisions of a submission, oldest first. Throws Fault `not-found`, `erased`, `malformed-request`. */
export async function listRevisions(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
  paging: Paging = {},
): Promise<Listed<RevisionView>> {
  const opened = await openLiving(deps, principal, formId, instanceId);
  const limit = pageSize(paging.limit);
  const listed = fromCursor(z.strictObject({ revision: z.int().min(1) }), paging.cursor)?.revision;
  const items: RevisionView[] = [];
  let before: Submission | undefined;
  let bytes = 0;
  for await (const revision of revisionsFrom(deps, opened, listed ?? 1)) {
    if (before !== undefined && (items.length === limit || bytes > maxAnswerBytes)) {
      return { items, next: toCursor({ revision: before.revision }) };
    }
    if (revision.revision !== listed) {
      const model = await modelFor(deps, opened.form, revision.formVersion);
      const changes =
        before === undefined
          ? []
          : differences(parseAnswers(before), parseAnswers(revision), { prefix: '', model });
      bytes += JSON.stringify(changes).length;
      items.push(revisionView(principal, revision, changes));
    }
    before = revision;
  }
  return { items, next: null };
}

/** Revision `first` and those that follow; the last one is the head. */
async function* revisionsFrom(
  deps: SubmissionDeps,
  { shard, submission, record }: OpenSubmission,
  first: number,
): AsyncGenerator<Submission> {
  const { formId, instanceId, revision } = submission;
  const sk = (of: number) => historyKey(formId, shard, instanceId, of).sk;
  if (first < revision) {
    // A writer that stopped half-way, or is on its way, may have put history that is still the head.
    const range = { partition: record.pk, from: sk(first), to: sk(revision - 1) };
    for await (const records of pagesOf(deps.submissions, range)) yield* records.map(fromRecord);
  }
  if (first <= revision) yield submission;
}

function revisionView(
  principal: Principal,
  { revision, state, formVersion, updatedAt, by, review }: Submission,
  changes: readonly Difference[],
): RevisionView {
  return {
    revision,
    state,
    formVersion,
    updatedAt,
    ...(principal.role === 'coordinator' ? { by } : {}),
    ...(review === undefined ? {} : { review }),
    differences: changes,
  };
}

export type QuarantineView = Omit<Quarantined, 'answers'> & { readonly answers: JsonObject };

/**
 * What was refused since its instanceId was taken, by instanceId. For the coordinator. Throws Fault
 * `forbidden`, `not-found` (no such form), `malformed-request`.
 */
export async function listQuarantine(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  paging: Paging = {},
): Promise<Listed<QuarantineView>> {
  authorise('coordinator', principal);
  const form = await openForm(deps, formId);
  const limit = pageSize(paging.limit);
  const listed = fromCursor(z.strictObject({ key: z.string().min(1) }), paging.cursor)?.key;
  const { pk } = registryKey.quarantine(form.formId, '', '');
  const range = { partition: pk, ...(listed === undefined ? {} : { from: listed }) };
  const items: QuarantineView[] = [];
  let last = listed;
  let bytes = 0;
  for await (const records of pagesOf(deps.registry, range, limit + 2)) {
    for (const record of records) {
      if (record.sk === listed) continue;
      const refused = fromQuarantine(record);
      bytes += refused.answers.length;
      const full = items.length === limit || (items.length > 0 && bytes > maxAnswerBytes);
      if (last !== undefined && full) return { items, next: toCursor({ key: last }) };
      items.push({ ...refused, answers: parseAnswers(refused) });
      last = record.sk;
    }
  }
  return { items, next: null };
}

async function openLiving(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
): Promise<OpenSubmission> {
  const opened = await openSubmission(deps, principal, formId, instanceId);
  if (opened.submission.state === 'erased') throw new Fault('erased');
  return opened;
}

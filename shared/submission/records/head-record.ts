/** The only place that maps submissions to records of the submissions table and back. */

import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import { FormId, InstanceId, OrgId } from '../../ids.ts';
import {
  attribute,
  headKey,
  historyKey,
  inboxIndexKey,
  isHeadKey,
  organisationIndexKey,
} from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { checkRecordSize } from '../../store/record-size.ts';
import type { Attribute, StoredRecord } from '../../store/record-store.ts';
import { sha256 } from './content-hash.ts';
import {
  Issue,
  Review,
  Submission as Whole,
  submissionStates,
  type Submission,
  type SubmissionState,
} from './submission.ts';

/** What a submission in that state waits for, by which it is in the index `inbox`; undefined: nothing. */
export function waitsFor(state: SubmissionState): 'review' | 'files' | undefined {
  if (state === 'incomplete') return 'files';
  return state === 'received' || state === 'has-issues' ? 'review' : undefined;
}

const Live = z.object({
  state: z.enum(submissionStates).exclude(['erased']),
  revision: z.int().min(1),
  org: OrgId,
  formVersion: z.string(),
  answers: z.string(),
  contentHash: z.string(),
  actHash: z.string(),
  by: z.string(),
  issues: storedJson(z.array(Issue)),
  receivedAt: z.iso.datetime(),
  review: storedJson(Review).optional(),
  refused: Whole.shape.refused,
  attachments: storedJson(Whole.shape.attachments).prefault('[]'),
  missing: storedJson(Whole.shape.missing).prefault('[]'),
  whenWhole: Whole.shape.whenWhole,
  openRosa: storedJson(Whole.shape.openRosa).optional(),
  xml: storedJson(Whole.shape.xml).optional(),
});

const Tombstone = z.object({ state: z.literal('erased'), revision: z.int().min(1), org: OrgId });

const Stored = z.discriminatedUnion('state', [Live, Tombstone]);

/** The head of a submission: its current revision, with the attributes that put it into the indexes. */
export function toHead(submission: Submission, shard: number): StoredRecord {
  const { formId, instanceId, organisation, state, review, openRosa, xml } = submission;
  const { attachments, missing, whenWhole, refused } = submission;
  const waits = waitsFor(state);
  return {
    ...headKey(formId, shard, instanceId),
    at: submission.updatedAt,
    revision: submission.revision,
    state,
    org: organisation,
    formVersion: submission.formVersion,
    answers: submission.answers,
    contentHash: submission.contentHash,
    actHash: submission.actHash,
    by: submission.by,
    issues: JSON.stringify(submission.issues),
    receivedAt: submission.receivedAt,
    ...(review === undefined ? {} : { review: JSON.stringify(review) }),
    ...(refused === undefined ? {} : { refused }),
    ...(attachments.length === 0 ? {} : { attachments: JSON.stringify(attachments) }),
    ...(missing.length === 0 ? {} : { missing: JSON.stringify(missing) }),
    ...(whenWhole === undefined ? {} : { whenWhole }),
    ...(openRosa === undefined ? {} : { openRosa: JSON.stringify(openRosa) }),
    ...(xml === undefined ? {} : { xml: JSON.stringify(xml) }),
    orgKey: organisationIndexKey(formId, shard, organisation),
    ...(waits === undefined ? {} : { inboxKey: inboxIndexKey(formId, shard, waits) }),
    schema: schemaOf('submission'),
  };
}

/** In bytes: what an answer that only names a file grows by, at most, when the file comes. */
const factsBytes = 170;

/**
 * Throws Fault `record-too-large` if the head is, or will be once its files have come: what was taken
 * must not be refused when it is completed.
 */
export function checkHeadSize(head: StoredRecord, { missing }: Pick<Submission, 'missing'>): void {
  if (missing.length === 0) checkRecordSize(head);
  else checkRecordSize({ ...head, room: ' '.repeat(missing.length * factsBytes) });
}

/**
 * What stays of an erased submission, so that its instanceId is refused for ever and that collect
 * sees, by `at`, that it has gone. The key must stay the instanceId: it is what the one conditional
 * put looks at. Nothing that came from the answers stays, nor a hash of them (answers with few
 * possible values could be guessed from it), nor who wrote, nor when it was first received, nor the
 * version of the form. `org` stays, since it decides who is told "erased" and who "no such thing";
 * `instanceHash` is for earlier releases alone, and tells no more than the key beside it. The tombstone
 * of a guessable id is deleted in its turn (forgetTombstones).
 * Without `orgKey` and `inboxKey` it is in no list but the coordinator's.
 */
export function toTombstone(head: StoredRecord, at: string): StoredRecord {
  const submission = fromRecord(head);
  return {
    pk: head.pk,
    sk: head.sk,
    at,
    revision: submission.revision + 1,
    state: 'erased',
    org: submission.organisation,
    instanceHash: sha256(submission.instanceId),
    schema: schemaOf('submission'),
  };
}

/**
 * The history record of a head about to be replaced. A function of the stored head alone, so that
 * all who write it write the same bytes. Without the attributes of the indexes; `at` is kept as
 * `updatedAt`.
 */
export function toHistory(head: StoredRecord): StoredRecord {
  const { formId, shard, instanceId } = placeOf(head);
  const revision = z.int().parse(head[attribute.revision]);
  const kept = Object.entries(head).filter(
    ([name]) => name !== attribute.at && name !== attribute.orgKey && name !== attribute.inboxKey,
  );
  return {
    ...Object.fromEntries(kept),
    ...historyKey(formId, shard, instanceId, revision),
    updatedAt: text(head, attribute.at),
  };
}

/**
 * The submission of a head or of a history record. Of an erased one everything that is gone is
 * empty, and `receivedAt` is when it was erased. Throws ZodError on a record that is neither.
 */
export function fromRecord(record: StoredRecord): Submission {
  const { formId, instanceId } = placeOf(record);
  const updatedAt = z.iso
    .datetime()
    .parse(record[isHeadKey(record.sk) ? attribute.at : 'updatedAt']);
  const stored = Stored.parse(upgraded('submission', record));
  if (stored.state === 'erased') {
    return {
      formId,
      instanceId,
      revision: stored.revision,
      state: 'erased',
      organisation: stored.org,
      formVersion: '',
      receivedAt: updatedAt,
      updatedAt,
      answers: '{}',
      contentHash: '',
      actHash: '',
      by: '',
      issues: [],
      attachments: [],
      missing: [],
    };
  }
  const { org, ...rest } = stored;
  return { formId, instanceId, ...rest, organisation: org, updatedAt };
}

/**
 * The line of a segment (SegmentRow as JSON, without its line feed) for a live head. The text of
 * the answers is spliced in as it stands: parsing and writing it again is what collect would spend
 * most of its time on. `publicId`: that of the head, see `publicIdOf`. Throws ZodError on a record that
 * lacks something, Fault `store-unavailable` on one of a later version.
 */
export function segmentLine(stored: StoredRecord, publicId: string): string {
  const head = upgraded('submission', stored);
  const state = text(head, 'state');
  const start = JSON.stringify({
    id: publicId,
    instanceId: head.sk,
    revision: z.int().parse(head[attribute.revision]),
    state,
    organisation: text(head, 'org'),
    formVersion: text(head, 'formVersion'),
    receivedAt: text(head, 'receivedAt'),
    updatedAt: text(head, attribute.at),
    // An edit takes the review away: what was accepted on arrival has none.
    reviewed: state === 'accepted' && reviewOf(head)?.decision === 'accept',
    refused: head['refused'] === true,
  });
  return `${start.slice(0, -1)},"answers":${text(head, 'answers')}}`;
}

function reviewOf(head: StoredRecord): Review | undefined {
  return Live.shape.review.parse(head['review']);
}

function text(record: StoredRecord, name: string): string {
  const value: Attribute | undefined = record[name];
  return typeof value === 'string' ? value : z.string().parse(value, { error: () => name });
}

/** Neither a form's id nor an instanceId holds `#`, see ids.ts. */
function placeOf(record: StoredRecord): { formId: FormId; shard: number; instanceId: InstanceId } {
  const [formId, shard] = record.pk.split('#');
  const [instanceId] = record.sk.split('#');
  return {
    formId: FormId.parse(formId),
    shard: z.coerce.number().int().min(0).parse(shard),
    instanceId: InstanceId.parse(instanceId),
  };
}

import * as z from 'zod';
import { FormId, InstanceId, OrgId } from '../../ids.ts';

export const submissionStates = [
  'incomplete',
  'received',
  'has-issues',
  'accepted',
  'needs-changes',
  'rejected',
  'withdrawn',
  'erased',
] as const;
export type SubmissionState = (typeof submissionStates)[number];

/** States whose submissions are in the coordinator's dataset: by name, in the order of a submission's life. */
export const liveStateNames = [
  'incomplete',
  'received',
  'has-issues',
  'accepted',
  'needs-changes',
  'rejected',
] as const satisfies readonly SubmissionState[];
type LiveState = (typeof liveStateNames)[number];

const live: Readonly<Record<LiveState, true> & Record<Exclude<SubmissionState, LiveState>, false>> =
  {
    incomplete: true,
    received: true,
    'has-issues': true,
    accepted: true,
    'needs-changes': true,
    rejected: true,
    withdrawn: false,
    erased: false,
  };

/** True for a state whose submissions are in the coordinator's dataset. */
export function isLive(state: SubmissionState): boolean {
  return live[state];
}

export const Issue = z.object({
  pointer: z.string(),
  code: z.string(),
  message: z.object({ fr: z.string(), en: z.string() }),
});
export type Issue = z.infer<typeof Issue>;

export const Review = z.object({
  decision: z.enum(['accept', 'needs-changes', 'reject']),
  note: z.string().optional(),
  at: z.iso.datetime(),
});
export type Review = z.infer<typeof Review>;

/** Where a submission that is whole stands before anyone has reviewed it. */
export const statesWhenWhole = ['received', 'has-issues', 'accepted'] as const;
export type StateWhenWhole = (typeof statesWhenWhole)[number];

/** The current revision of a submission, or an earlier one. Times are ISO 8601 UTC with ms. */
export const Submission = z.object({
  formId: FormId,
  instanceId: InstanceId,
  revision: z.int().min(1),
  state: z.enum(submissionStates),
  organisation: OrgId,
  formVersion: z.string(),
  receivedAt: z.iso.datetime(),
  /** Grows with each revision; `at` on the stored head. */
  updatedAt: z.iso.datetime(),
  /** JSON text of the answers object: kept as text so that no store and no reader changes it. */
  answers: z.string(),
  /** SHA-256 (hex) of what was first sent: decides what is a replay, for ever. */
  contentHash: z.string(),
  /** SHA-256 (hex) of the act that made this revision: decides what is a repeated edit or review. */
  actHash: z.string(),
  /** Id of the token that wrote this revision. */
  by: z.string(),
  issues: z.array(Issue),
  review: Review.optional(),
  /** Consent is refused, see refused-consent.ts; absent: no version that it was given to has asked. */
  refused: z.boolean().optional(),
  /** JSON pointers, into the answers, of those that are attachments, in the form's order. */
  attachments: z.array(z.string()).readonly(),
  /** Names of the files whose bytes are not there yet. */
  missing: z.array(z.string()).readonly(),
  /** There while files are missing: what the state becomes once none is. */
  whenWhole: z.enum(statesWhenWhole).optional(),
  /** The OpenRosa instance that the answers came in, if a phone sent them: its id, SHA-256 (hex) of its XML. */
  openRosa: z.object({ id: z.string(), hash: z.string() }).optional(),
  /** What a phone sent, kept as a file since the answers do not say all of it: SHA-256 (hex) of the XML. */
  xml: z.object({ sha256: z.string(), bytes: z.int() }).optional(),
});
export type Submission = z.infer<typeof Submission>;

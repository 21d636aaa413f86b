import * as z from 'zod';
import { FormId, InstanceId, OrgId } from '../ids.ts';

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

/** States whose submissions are in the coordinator's dataset. */
export const liveStates: ReadonlySet<SubmissionState> = new Set([
  'incomplete',
  'received',
  'has-issues',
  'accepted',
  'needs-changes',
  'rejected',
]);

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
});
export type Submission = z.infer<typeof Submission>;

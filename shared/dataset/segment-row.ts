import type { JsonObject } from '../json.ts';
import type { SubmissionState } from '../submission/submission.ts';

/**
 * One line of a segment: the current revision of one live submission. Segments are written by
 * collect alone and verified by hash when read, so that rows need no second validation.
 */
export interface SegmentRow {
  readonly id: string;
  readonly revision: number;
  readonly state: SubmissionState;
  readonly organisation: string;
  readonly formVersion: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  readonly answers: JsonObject;
}

import type { JsonObject } from '../../json.ts';
import type { SubmissionState } from '../../submission/records/submission.ts';

/**
 * One line of a segment: the current revision of one live submission. Segments are written by
 * collect alone and verified by hash when read, so that rows need no second validation.
 */
export interface SegmentRow {
  /** The public id, by which lines are sorted: see `publicIdOf`. */
  readonly id: string;
  /** Its name in the API, for its own organisation and the coordinator alone. */
  readonly instanceId: string;
  readonly revision: number;
  readonly state: SubmissionState;
  readonly organisation: string;
  readonly formVersion: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** It stands accepted by a coordinator's review, not on arrival. */
  readonly reviewed: boolean;
  /** Its consent was refused, and no version of the form that asks has had a yes since. */
  readonly refused: boolean;
  readonly answers: JsonObject;
}

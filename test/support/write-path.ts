import type { DoorResult } from '../../shared/http/door.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import type { Ask, FaultyDoor } from './faulty-world.ts';

/** A way to change something, as a client takes it. `id` names what it is about, and is used once. */
export interface WritePath {
  readonly what: string;
  readonly door: FaultyDoor;
  /** Statuses that say that it is done, by this request or by one before. */
  readonly done: readonly number[];
  /** What has to be there before. */
  readonly prepare?: (deps: SubmissionDeps, id: string) => Promise<unknown>;
  readonly ask: (id: string) => Ask;
  /** Throws unless all that such an answer acknowledges is there, once and whole. */
  readonly check: (deps: SubmissionDeps, id: string, answer: DoorResult) => Promise<void>;
}

import type { Clock } from '../clock.ts';
import type { FormLibrary } from '../form/form-library.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { RecordStore } from '../store/record-store.ts';

/** What everything about submissions needs from outside. */
export interface SubmissionDeps {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
  /** A fresh UUID. */
  readonly newId: () => string;
}

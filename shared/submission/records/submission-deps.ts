import type { Keyring } from '../../access/keyring.ts';
import type { Clock } from '../../clock.ts';
import type { FormLibrary } from '../../form/library/form-library.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { RecordStore } from '../../store/record-store.ts';

/** What it takes to read submissions and to change those there are. */
export interface SubmissionStores {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
  readonly keys: Keyring;
}

/** What everything about submissions needs from outside. */
export interface SubmissionDeps extends SubmissionStores {
  /** A fresh UUID. */
  readonly newId: () => string;
}

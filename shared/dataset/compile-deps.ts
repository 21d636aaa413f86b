import type { Keyring } from '../access/keyring.ts';
import type { Clock } from '../clock.ts';
import type { FormLibrary } from '../form/library/form-library.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { RecordStore } from '../store/record-store.ts';
import type { Retention } from '../config.ts';

/** What compiling and reading datasets need from outside. */
export interface CompileDeps {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
  /** Absent: as long as by default. */
  readonly retention?: Retention;
  /** Cells of a form's dataset that are published in one go; absent: as many as a function has time for. */
  readonly partCells?: number;
  readonly keys: Keyring;
}

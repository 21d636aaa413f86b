import type { StoredKeys } from './stored-keys.ts';

/** Where the keys of an installation are kept. */
export interface KeyStore {
  /** What to call it to a person: a path, or the name of a parameter. */
  readonly place: string;
  /** Undefined: there are none. Throws KeysError when they are damaged. */
  read(): Promise<StoredKeys | undefined>;
  /** Keeps them unless there are some; returns those that are there then. */
  putIfAbsent(keys: StoredKeys): Promise<StoredKeys>;
  /** Keeps them in the place of what is there. */
  replace(keys: StoredKeys): Promise<void>;
}

import type { KeyStore, StoredKeys } from '../../shared/access/stored-keys.ts';

/** Keys in memory. */
export class MemoryKeyStore implements KeyStore {
  readonly place = 'memory';
  keys: StoredKeys | undefined;

  constructor(keys?: StoredKeys) {
    this.keys = keys;
  }

  read(): Promise<StoredKeys | undefined> {
    return Promise.resolve(this.keys);
  }

  putIfAbsent(keys: StoredKeys): Promise<StoredKeys> {
    this.keys ??= keys;
    return Promise.resolve(this.keys);
  }

  replace(keys: StoredKeys): Promise<void> {
    this.keys = keys;
    return Promise.resolve();
  }
}

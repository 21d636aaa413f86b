import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import {
  keysText,
  parseKeys,
  type KeyStore,
  type StoredKeys,
} from '../shared/access/stored-keys.ts';

/** The keys of the folder `home`: a file for its owner alone, whole and durable or not there. */
export class KeysFile implements KeyStore {
  readonly place: string;

  constructor(home: string) {
    this.place = join(home, 'keys.json');
  }

  async read(): Promise<StoredKeys | undefined> {
    try {
      return parseKeys(await readFile(this.place, 'utf8'), this.place);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async putIfAbsent(keys: StoredKeys): Promise<StoredKeys> {
    await this.#write(keys, async (temporary) => {
      try {
        // Unlike a rename it fails when another process was first.
        await link(temporary, this.place);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    });
    return (await this.read()) ?? keys;
  }

  async replace(keys: StoredKeys): Promise<void> {
    await this.#write(keys, (temporary) => rename(temporary, this.place));
  }

  async #write(keys: StoredKeys, name: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = `${this.place}.${randomUUID()}`;
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(keysText(keys));
      // All ids hang on it: it must outlast a loss of power before anything is made with it.
      await file.sync();
    } finally {
      await file.close();
    }
    await name(temporary);
    const folder = await open(dirname(this.place), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

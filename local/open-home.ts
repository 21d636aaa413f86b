import { randomUUID, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { Keyring } from '../shared/access/keyring.ts';
import { openKeys } from '../shared/access/open-keys.ts';
import {
  installationKeys,
  keysText,
  parseKeys,
  type KeyStore,
  type StoredKeys,
} from '../shared/access/stored-keys.ts';
import { systemClock, type Clock } from '../shared/clock.ts';
import { retention, type Retention } from '../shared/config.ts';
import { FormLibrary } from '../shared/form/library/form-library.ts';
import { DiskLock } from '../shared/objects/disk-lock.ts';
import { DiskObjectStore } from '../shared/objects/disk-object-store.ts';
import { linksPath } from '../shared/objects/signed-link.ts';
import { ownersFolder } from '../shared/owners-file.ts';
import { openSqlite } from '../shared/store/sqlite-record-store.ts';
import type { WholeTable } from '../shared/store/record-store.ts';
import { closeToOthers } from './close-to-others.ts';

/** Everything that the domain needs, kept in one folder. */
export interface Home {
  readonly submissions: WholeTable;
  readonly registry: WholeTable;
  readonly objects: DiskObjectStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly retention: Retention;
  /** What the links of `objects` are signed with. */
  readonly linkSecret: string;
  readonly keys: Keyring;
  readonly keyStore: KeyStore;
  close(): void;
}

const database = 'fiche.sqlite';

/** True if the folder was opened before. */
export function isHome(home: string): boolean {
  return existsSync(join(home, database));
}

/**
 * Opens the folder `home`, made if it is not there, and closes it and all that is in it to everybody
 * but its owner: answers are in it. Several processes and threads may have it open at once. Throws
 * OpenToOthersError, KeysError when the secret is not that of its data.
 */
export async function openHome(home: string): Promise<Home> {
  mkdirSync(home, { recursive: true, mode: ownersFolder });
  closeToOthers(home, join(home, database));
  const stores = openSqlite(join(home, database));
  const { submissions, registry } = stores;
  const keyStore = new KeysFile(home);
  try {
    const keys = new Keyring(installationKeys(await openKeys(keyStore, registry, systemClock)));
    const secret = linkSecret(home);
    const objects = new DiskObjectStore(join(home, 'files'), { base: linksPath, secret });
    return {
      submissions,
      registry,
      objects,
      forms: new FormLibrary(registry, objects, systemClock),
      clock: systemClock,
      newId: randomUUID,
      retention: retention(),
      linkSecret: secret,
      keys,
      keyStore,
      close: () => {
        objects.close();
        stores.close();
      },
    };
  } catch (error) {
    stores.close();
    throw error;
  }
}

/** The keys of the folder `home`: a file for its owner alone, whole and durable or not there. */
class KeysFile implements KeyStore {
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

const wellFormed = /^[0-9a-f]{64}$/;

function read(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    return wellFormed.test(secret) ? secret : undefined;
  } catch {
    return undefined;
  }
}

/** For the folder's owner alone, and whole or not at all. */
function write(file: string): string {
  const secret = randomBytes(32).toString('hex');
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, `${secret}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  return secret;
}

/**
 * What signs the links of the folder `home`, made when it is first asked for. Whoever opens the
 * folder at the same time gets the same. Without the file, or with one that is damaged, links given
 * out so far hold no longer and a new secret is made.
 */
export function linkSecret(home: string): string {
  const file = join(home, 'link.secret');
  const found = read(file);
  if (found !== undefined) return found;
  const lock = new DiskLock(join(home, 'link.lock'));
  try {
    return lock.hold(() => read(file) ?? write(file));
  } finally {
    lock.close();
  }
}

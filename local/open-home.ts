import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '../shared/access/keyring.ts';
import { installationKeys, type KeyStore } from '../shared/access/stored-keys.ts';
import { openKeys } from '../shared/access/open-keys.ts';
import { systemClock, type Clock } from '../shared/clock.ts';
import { retention, type Retention } from '../shared/config.ts';
import { FormLibrary } from '../shared/form/library/form-library.ts';
import { DiskObjectStore } from '../shared/objects/disk-object-store.ts';
import { linksPath } from '../shared/objects/signed-link.ts';
import { ownersFolder } from '../shared/owners-file.ts';
import type { WholeTable } from '../shared/store/record-store.ts';
import { openSqlite } from '../shared/store/sqlite-record-store.ts';
import { closeToOthers } from './close-to-others.ts';
import { KeysFile } from './keys-file.ts';
import { linkSecret } from './link-secret.ts';

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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrganisation } from '../../shared/access/organisation-records.ts';
import { openKeys } from '../../shared/access/open-keys.ts';
import { createToken } from '../../shared/access/tokens.ts';
import type { BackupDeps } from '../../shared/backup/backup-source.ts';
import { BackupFolder } from '../../shared/backup/backup-folder.ts';
import { restore, type RestoreReport } from '../../shared/backup/restore-point.ts';
import { readDatasetPointers } from '../../shared/dataset/versions/dataset-pointer.ts';
import { findManifest, versionFileKey } from '../../shared/dataset/versions/version-manifest.ts';
import { audiences } from '../../shared/form/model.ts';
import { verify } from '../../shared/dataset/verify/verify-all.ts';
import { coordination, InstanceId } from '../../shared/ids.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import { eraseSubmission } from '../../shared/submission/erasure/erase-submission.ts';
import { DatasetWorld } from './dataset-world.ts';
import { testStoredKeys } from './keyring.ts';
import { MemoryKeyStore } from './memory-key-store.ts';
import { coordinator } from './submission-world.ts';

/** A network that is backed up: stores in memory, and what its people do. */
export class BackupWorld extends DatasetWorld {
  #ids = 0;
  readonly keyStore = new MemoryKeyStore(testStoredKeys);

  get backupDeps(): BackupDeps {
    const newId = (): string => `id-${(this.#ids += 1)}`;
    const { submissions, registry, keyStore } = this;
    return { ...this.deps, submissions, registry, keyStore, newId };
  }

  async send(formId: string, instanceId: string, title: string): Promise<void> {
    this.wait(1);
    const body = { instanceId: InstanceId.parse(instanceId), answers: { title } };
    await acceptSubmission(this.backupDeps, coordinator, formId, body);
  }

  async eraseWhole(formId: string, instanceId: string): Promise<void> {
    this.wait(1);
    await eraseSubmission(this.backupDeps, coordinator, formId, instanceId);
  }

  /** What verify finds, which must be nothing. */
  async drift(): Promise<readonly string[]> {
    const { drift } = await verify(this.deps);
    return drift.map(({ what, problem }) => `${problem} ${what}`);
  }

  /** Files of current versions that are not there, or not public as they are. */
  async inconsistent(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [id, { version }] of await readDatasetPointers(this.registry)) {
      const manifest = await findManifest(this.objects, id, version);
      if (manifest === undefined) found.push(`${id} ${version}`);
      for (const audience of audiences) {
        for (const { name } of manifest?.audiences[audience]?.files ?? []) {
          const key = versionFileKey(id, version, audience, name);
          const { etag } = (await this.objects.info(key)) ?? {};
          const shown = await this.objects.info(`public/${name}`);
          const isShown = audience !== 'public' || shown?.etag === etag;
          if (etag === undefined || !isShown) found.push(key);
        }
      }
    }
    return found;
  }

  /** All objects but the ledger's, with their bytes. */
  async files(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const key of this.objects.keys()) {
      if (!key.startsWith('erasures/')) found.set(key, await this.read(key));
    }
    return found;
  }
}

/** A published form whose records are public once they have come. */
export async function openNetwork(): Promise<BackupWorld> {
  const world = new BackupWorld();
  await openKeys(world.keyStore, world.registry, world.clock);
  await world.publishForm('survey', {
    survey: [
      {
        type: 'text',
        name: 'title',
        label: 'Titre',
        visibility: 'public',
        review_text: 'yes',
      },
    ],
    choices: [],
    settings: { version: '1', default_language: 'fr', audience: 'coordinator', review: 'none' },
  });
  await createOrganisation(world.registry, {
    id: coordination,
    name: 'Coordination',
    state: 'active',
  });
  await createToken(world.registry, world.clock, coordination, {
    role: 'coordinator',
    name: 'test',
  });
  for (let index = 0; index < 7; index += 1) {
    await world.send('survey', `instance-${index}`, `titre-${index}`);
  }
  await world.compile();
  return world;
}

/** Restores the newest point of a backup into stores in which there is nothing. */
export async function restoreInto(
  world: BackupWorld,
  path: string,
  at?: string,
): Promise<RestoreReport> {
  const folder = new BackupFolder(path);
  const erasures = await folder.erasures.read();
  return restore(world.backupDeps, folder, await folder.point(at), erasures);
}

export function temporaryBackup(): { readonly path: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'fiche-backup-'));
  return {
    path: join(parent, 'backup'),
    remove: () => {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** Stores in which there is nothing, later. */
export function emptyLike(world: BackupWorld): BackupWorld {
  const empty = new BackupWorld();
  empty.now = world.now + 3_600_000;
  return empty;
}

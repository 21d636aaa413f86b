import { hash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeys, rotateKeys } from '../../../../shared/access/open-keys.ts';
import { keysText, newKeys } from '../../../../shared/access/stored-keys.ts';
import { backUp } from '../../../../shared/backup/back-up.ts';
import { ErasureList } from '../../../../shared/backup/erasure-list.ts';
import { canonicalJson } from '../../../../shared/json.ts';
import { readSubmission } from '../../../../shared/submission/read-submissions.ts';
import {
  emptyLike,
  openNetwork,
  type BackupWorld,
  restoreInto,
  temporaryBackup,
} from '../../../support/backup-world.ts';
import { testStoredKeys } from '../../../support/keyring.ts';
import { coordinator } from '../../../support/submission-world.ts';

let backup: ReturnType<typeof temporaryBackup>;
beforeEach(() => {
  backup = temporaryBackup();
});
afterEach(() => {
  backup.remove();
});

const hashOf = (instanceId: string): string => hash('sha256', instanceId);

const sorted = (world: BackupWorld) =>
  [...world.submissions.all(), ...world.registry.all()]
    .map((record) => canonicalJson(record))
    .toSorted();

/** Whether anyone could read or send yet. */
const hasTokens = (world: BackupWorld): boolean =>
  world.registry.all().some(({ pk }) => pk.startsWith('token#'));

describe('restore', () => {
  it('brings back every record and every object as it was, and verify finds nothing', async () => {
    const world = await openNetwork();
    await backUp(world.backupDeps, backup.path);
    const restored = emptyLike(world);
    const report = await restoreInto(restored, backup.path);
    expect(sorted(restored)).toEqual(sorted(world));
    expect(await restored.files()).toEqual(await world.files());
    expect(report).toMatchObject({ erased: 0, lost: [] });
    expect(await restored.drift()).toEqual([]);
    const { datasets } = await restored.compile();
    expect(datasets.filter(({ changed }) => changed)).toEqual([]);
  });

  it('keeps away what was erased after the backup, and what was compiled from it', async () => {
    const world = await openNetwork();
    await world.objects.put(
      `attachments/survey/${hashOf('instance-3')}/${'0'.repeat(64)}`,
      Buffer.from('titre-3 as a picture'),
      { contentType: 'image/jpeg' },
    );
    await backUp(world.backupDeps, backup.path);
    await world.eraseWhole('survey', 'instance-3');
    await world.compile();
    await new ErasureList(`${backup.path}/erasures.ndjson`).merge(world.objects);
    const restored = emptyLike(world);
    expect(await restoreInto(restored, backup.path)).toMatchObject({ erased: 1, lost: [] });
    expect(sorted(restored).join('\n')).not.toContain('titre-3');
    for (const [key, text] of await restored.files())
      expect(`${key} ${text}`).not.toMatch(/titre-3/);
    await expect(
      readSubmission(restored.backupDeps, coordinator, 'survey', 'instance-3'),
    ).rejects.toMatchObject({ code: 'erased' });
    expect(await restored.drift()).toEqual([]);
    const files = await restored.files();
    expect(files.get('public/survey.csv')).toContain('titre-2');
    expect([...files.keys()].filter((key) => key.startsWith('public/'))).toEqual(
      [...(await world.files()).keys()].filter((key) => key.startsWith('public/')),
    );
  });

  it('ends the same when it is cut short anywhere and begun again', async () => {
    const world = await openNetwork();
    await backUp(world.backupDeps, backup.path);
    await world.eraseWhole('survey', 'instance-3');
    await new ErasureList(`${backup.path}/erasures.ndjson`).merge(world.objects);
    const whole = emptyLike(world);
    whole.interruptions.plan(undefined);
    await restoreInto(whole, backup.path);
    const operations = whole.interruptions.count;
    const expected = whole.submissions.all().map((record) => canonicalJson(record));
    for (let index = 0; index < 12; index += 1) {
      const restored = emptyLike(world);
      const at = 1 + Math.floor((index * operations) / 12);
      restored.interruptions.plan({ at, fail: index % 2 === 0 ? 'before' : 'after' });
      await expect(restoreInto(restored, backup.path)).rejects.toThrow();
      expect(restored.interruptions.end()).toBe(true);
      expect(hasTokens(restored)).toBe(false);
      await restoreInto(restored, backup.path);
      const found = restored.submissions.all().map((record) => canonicalJson(record));
      expect([at, found.toSorted()]).toEqual([at, expected.toSorted()]);
      expect([at, [...(await restored.files()).keys()]]).toEqual([
        at,
        [...(await whole.files()).keys()],
      ]);
      expect([at, await restored.drift()]).toEqual([at, []]);
    }
  });

  it('refuses an installation in which there is something, and changes nothing', async () => {
    const world = await openNetwork();
    await backUp(world.backupDeps, backup.path);
    const other = await openNetwork();
    const before = sorted(other);
    await expect(restoreInto(other, backup.path)).rejects.toThrow('There are data already');
    expect(sorted(other)).toEqual(before);
  });

  it('takes an installation that has compiled nothing but itself for empty', async () => {
    const world = await openNetwork();
    await backUp(world.backupDeps, backup.path);
    const restored = emptyLike(world);
    await restored.compile();
    await restoreInto(restored, backup.path);
    expect(sorted(restored)).toEqual(sorted(world));
    expect(await restored.drift()).toEqual([]);
  });

  it('brings the keys of the backup, and with them the ids and what was erased', async () => {
    const world = await openNetwork();
    await world.eraseWhole('survey', 'instance-3');
    await world.compile();
    await backUp(world.backupDeps, backup.path);
    const file = join(backup.path, 'keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = emptyLike(world);
    const fresh = newKeys(restored.clock);
    restored.keyStore.keys = fresh;
    await openKeys(restored.keyStore, restored.registry, restored.clock);
    await restoreInto(restored, backup.path);
    expect(restored.keyStore.keys).toEqual(testStoredKeys);
    expect(await openKeys(restored.keyStore, restored.registry, restored.clock)).toEqual(
      testStoredKeys,
    );
    expect(readFileSync(join(backup.path, 'erasures.ndjson'), 'utf8')).not.toContain(
      hashOf('instance-3'),
    );
  });

  it('refuses a backup whose keys are missing or others, and changes nothing', async () => {
    const world = await openNetwork();
    await backUp(world.backupDeps, backup.path);
    const file = join(backup.path, 'keys.json');
    const restored = emptyLike(world);
    writeFileSync(file, keysText(newKeys(world.clock)));
    await expect(restoreInto(restored, backup.path)).rejects.toThrow('secret');
    rmSync(file);
    await expect(restoreInto(restored, backup.path)).rejects.toThrow('secret');
    expect(sorted(restored)).toEqual([]);
  });

  it('restores a point of before a rotation, with the newer key beside', async () => {
    const world = await openNetwork();
    const { point } = await backUp(world.backupDeps, backup.path);
    world.wait(60);
    await rotateKeys(world.keyStore, world.registry, world.clock);
    await backUp(world.backupDeps, backup.path);
    const restored = emptyLike(world);
    restored.keyStore.keys = undefined;
    await restoreInto(restored, backup.path, point.name);
    expect((await restored.keyStore.read())?.keys).toHaveLength(2);
    await openKeys(restored.keyStore, restored.registry, restored.clock);
  });

  it('knows erasures of a backup of before there were keys, and names them anew', async () => {
    const world = await openNetwork();
    await world.eraseWhole('survey', 'instance-3');
    await world.compile();
    const erasedAt = world.clock().toISOString();
    const list = join(backup.path, 'erasures.ndjson');
    await backUp(world.backupDeps, backup.path);
    writeFileSync(
      list,
      ['instance-3', 'instance-4']
        .map((id) => JSON.stringify({ formId: 'survey', instanceHash: hashOf(id), erasedAt }))
        .join('\n'),
    );
    const restored = emptyLike(world);
    expect(await restoreInto(restored, backup.path)).toMatchObject({ lost: [] });
    expect(sorted(restored).join('\n')).not.toContain('titre-4');
    const ledger = restored.objects.keys().filter((key) => key.startsWith('erasures/'));
    expect(ledger).toHaveLength(2);
    for (const id of ['instance-3', 'instance-4']) {
      expect(ledger.join()).not.toContain(hashOf(id));
    }
  });

  it('takes up its own restore alone, and nothing is backed up before that is done', async () => {
    const world = await openNetwork();
    const { point } = await backUp(world.backupDeps, backup.path);
    world.wait(1);
    await backUp(world.backupDeps, backup.path);
    const restored = emptyLike(world);
    restored.interruptions.plan({ at: 40, fail: 'before' });
    await expect(restoreInto(restored, backup.path)).rejects.toThrow();
    await expect(restoreInto(restored, backup.path, point.name)).rejects.toThrow('was cut short');
    await expect(backUp(restored.backupDeps, backup.path)).rejects.toThrow('was cut short');
    await restoreInto(restored, backup.path);
    expect(await restored.drift()).toEqual([]);
  });
});

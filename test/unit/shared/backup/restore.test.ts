import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../../../shared/backup/back-up.ts';
import { ErasureList } from '../../../../shared/backup/erasure-list.ts';
import { canonicalJson } from '../../../../shared/json.ts';
import { readSubmission } from '../../../../shared/submission/read-submissions.ts';
import {
  BackupWorld,
  openNetwork,
  restoreInto,
  temporaryBackup,
} from '../../../support/backup-world.ts';
import { coordinator } from '../../../support/submission-world.ts';

let backup: ReturnType<typeof temporaryBackup>;
beforeEach(() => {
  backup = temporaryBackup();
});
afterEach(() => {
  backup.remove();
});

const hashOf = (instanceId: string): string => hash('sha256', instanceId);

/** Stores in which there is nothing, later. */
function emptyLike(world: BackupWorld): BackupWorld {
  const empty = new BackupWorld();
  empty.now = world.now + 3_600_000;
  return empty;
}

const sorted = (world: BackupWorld) =>
  [...world.submissions.all(), ...world.registry.all()]
    .map((record) => canonicalJson(record))
    .toSorted();

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
});

import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../../../shared/backup/back-up.ts';
import { BackupFolder } from '../../../../shared/backup/backup-folder.ts';
import { checkPoint } from '../../../../shared/backup/check-point.ts';
import { pointFile } from '../../../../shared/backup/point.ts';
import { prune } from '../../../../shared/backup/prune.ts';
import {
  type BackupWorld,
  emptyLike,
  openNetwork,
  restoreInto,
  temporaryBackup,
} from '../../../support/backup-world.ts';

let backup: ReturnType<typeof temporaryBackup>;
let world: BackupWorld;
beforeEach(async () => {
  backup = temporaryBackup();
  world = await openNetwork();
});
afterEach(() => {
  backup.remove();
});

const run = () => backUp(world.backupDeps, backup.path);
const folder = () => new BackupFolder(backup.path);

/** Some of the operations that a backup is made of, from the first to the last. */
async function sampled(count: number): Promise<readonly number[]> {
  world.interruptions.plan(undefined);
  await run();
  const operations = world.interruptions.count;
  rmSync(backup.path, { recursive: true });
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * operations) / count));
}

function contentsOf(path: string): readonly string[] {
  const entries = readdirSync(join(path, 'contents'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('backUp', () => {
  it('copies again only what is new, and keeps what each point was', async () => {
    const first = await run();
    expect(first.copied).toBeGreaterThan(0);
    world.wait(1);
    expect((await run()).copied).toBe(0);
    await world.send('survey', 'instance-new', 'titre-new');
    await world.compile();
    const third = await run();
    expect(third.copied).toBeGreaterThan(0);
    expect(third.copied).toBeLessThan(first.copied);
    const before = emptyLike(world);
    await restoreInto(before, backup.path, first.point.name);
    expect(before.submissions.all()).toHaveLength(7);
    const after = emptyLike(world);
    await restoreInto(after, backup.path);
    expect(after.submissions.all()).toHaveLength(8);
  });

  it('is for its owner alone', async () => {
    await run();
    const open = readdirSync(backup.path, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it.each([
    ['is sent', async () => world.send('survey', 'instance-beside', 'titre-beside')],
    ['is erased', async () => world.eraseWhole('survey', 'instance-3')],
  ] as const)(
    'gives a state that compile and verify bring to good, whenever something %s and compiled beside it',
    async (what, happens) => {
      for (const at of await sampled(10)) {
        world = await openNetwork();
        const meanwhile = async (): Promise<void> => {
          await happens();
          await world.compile();
        };
        world.interruptions.plan({ at, meanwhile });
        const { point } = await run();
        expect(world.interruptions.end()).toBe(true);
        const restored = emptyLike(world);
        await restoreInto(restored, backup.path, point.name);
        expect([at, await restored.inconsistent()]).toEqual([at, []]);
        expect([at, await restored.drift()]).toEqual([at, []]);
        for (const [key, text] of await restored.files()) {
          if (what === 'is erased') expect(`${at} ${key} ${text}`).not.toMatch(/titre-3/);
        }
        rmSync(backup.path, { recursive: true });
      }
    },
  );

  it('makes no point when it is cut short, and the next one is whole', async () => {
    for (const at of await sampled(10)) {
      world.interruptions.plan({ at, fail: 'before' });
      await expect(run()).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(world.interruptions.end()).toBe(true);
      expect(await folder().points()).toEqual([]);
      await expect(restoreInto(emptyLike(world), backup.path)).rejects.toThrow('No whole backup');
      const { point } = await run();
      expect(await checkPoint(folder(), point)).toEqual([]);
      rmSync(backup.path, { recursive: true });
    }
  });

  it('takes no point for whole whose manifest is cut short', async () => {
    const { point } = await run();
    const manifest = join(point.folder, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest).subarray(0, 100));
    await expect(folder().point()).rejects.toThrow('No whole backup');
  });

  it('refuses a folder of another network, and one with something else in it', async () => {
    await run();
    const other = await openNetwork();
    const otherDeps = { ...other.backupDeps, newId: () => 'another' };
    await expect(backUp(otherDeps, backup.path)).rejects.toThrow('another network');
    rmSync(backup.path, { recursive: true });
    const file = join(backup.path, '..', 'note.txt');
    writeFileSync(file, 'mine');
    await expect(backUp(world.backupDeps, join(backup.path, '..'))).rejects.toThrow(
      'something else',
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('checkPoint', () => {
  it.each(['compiled', 'compiledObjects', 'submissions', 'registry', 'objects'] as const)(
    'finds a damaged list, and nothing is restored from it: %s',
    async (file) => {
      const { point } = await run();
      appendFileSync(pointFile(point.folder, file), 'x');
      await expect(checkPoint(folder(), point)).rejects.toThrow('is damaged');
      const empty = emptyLike(world);
      await expect(restoreInto(empty, backup.path)).rejects.toThrow('is damaged');
      expect([...empty.submissions.all(), ...empty.registry.all()]).toEqual([]);
    },
  );

  it('finds what the disk has lost of the objects, and the next backup copies it again', async () => {
    const { point } = await run();
    const [damaged = '', missing = ''] = contentsOf(backup.path);
    writeFileSync(damaged, Buffer.alloc(statSync(damaged).size));
    rmSync(missing);
    const lost = await checkPoint(folder(), point);
    expect(lost.length).toBeGreaterThanOrEqual(2);
    const restored = emptyLike(world);
    expect((await restoreInto(restored, backup.path)).lost.toSorted()).toEqual(lost.toSorted());
    world.wait(1);
    const again = await run();
    expect(await checkPoint(folder(), again.point)).toEqual([]);
    expect(await checkPoint(folder(), point)).toEqual([]);
  });
});

describe('prune', () => {
  it('keeps the newest points and what they name', async () => {
    await run();
    const before = contentsOf(backup.path).length;
    world.wait(1);
    await world.eraseWhole('survey', 'instance-3');
    await world.compile();
    const { point } = await run();
    const report = await prune(folder(), 1);
    expect(report.points).toHaveLength(1);
    expect(report.contents).toBeGreaterThan(0);
    expect((await folder().points()).map(({ name }) => name)).toEqual([point.name]);
    expect(await checkPoint(folder(), point)).toEqual([]);
    expect(contentsOf(backup.path).length).toBeLessThan(before * 2);
    for (const file of contentsOf(backup.path)) {
      expect(readFileSync(file).includes('titre-3')).toBe(false);
    }
  });

  it('deletes nothing when it cannot tell what is named', async () => {
    const first = await run();
    world.wait(1);
    const { point } = await run();
    appendFileSync(pointFile(point.folder, 'objects'), 'x');
    await expect(prune(folder(), 1)).rejects.toThrow('is damaged');
    expect(await checkPoint(folder(), first.point)).toEqual([]);
  });
});

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BackupFolder } from './backup-folder.ts';
import { checkLists } from './check-point.ts';
import { pointFile, entriesOf } from './point.ts';

export interface PruneReport {
  /** Names of points that are no more. */
  readonly points: readonly string[];
  /** Contents that no point names any more. */
  readonly contents: number;
}

/**
 * Keeps the newest `keep` points and what they name; the rest goes. With it goes what was erased from
 * the installation, once no point is left that is older than the erasure. Throws BackupError, before
 * anything is deleted, if a list of a point that is kept is damaged: what it names could not be known.
 */
export async function prune(folder: BackupFolder, keep: number): Promise<PruneReport> {
  const points = await folder.points();
  const kept = points.slice(0, keep);
  for (const point of kept) await checkLists(point);
  const gone = points.slice(keep);
  for (const point of gone) await rm(point.folder, { recursive: true, force: true });
  // A database without a name is a file that goes by itself: memory does not grow with the objects.
  const names = new DatabaseSync('');
  try {
    names.exec('CREATE TABLE named (sha256 TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN');
    const add = names.prepare('INSERT OR IGNORE INTO named VALUES (?)');
    for (const { folder: path } of kept) {
      for (const file of ['compiledObjects', 'objects'] as const) {
        for await (const { sha256 } of entriesOf(pointFile(path, file))) add.run(sha256);
      }
    }
    const find = names.prepare('SELECT 1 FROM named WHERE sha256 = ?');
    let contents = 0;
    const root = join(folder.folder, 'contents');
    for (const entry of await readdir(root, { withFileTypes: true })) {
      const path = join(root, entry.name);
      // Outside the folders is what interrupted backups have left.
      if (!entry.isDirectory()) await rm(path, { force: true });
      else {
        for (const name of await readdir(path)) {
          if (find.get(name) !== undefined) continue;
          await rm(join(path, name), { force: true });
          contents += 1;
        }
      }
    }
    return { points: gone.map(({ name }) => name), contents };
  } finally {
    names.close();
  }
}

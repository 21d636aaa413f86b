import { BackupError } from './backup-source.ts';
import type { BackupFolder } from './backup-folder.ts';
import { measureFile } from './lines-file.ts';
import { pointFile, type Point, type PointFile, entriesOf } from './point.ts';

const files: readonly PointFile[] = [
  'compiled',
  'compiledObjects',
  'submissions',
  'registry',
  'objects',
];

/** Throws BackupError unless the point's records and lists are what its manifest says. */
export async function checkLists({ name, folder, manifest }: Point): Promise<void> {
  for (const file of files) {
    const expected = manifest.files[file];
    const found = await measureFile(pointFile(folder, file)).catch(() => undefined);
    if (found?.sha256 === expected.sha256 && found.bytes === expected.bytes) continue;
    throw new BackupError({
      fr: `La sauvegarde ${name} est abîmée (${file}) : prenez-en une autre avec --at.`,
      en: `The backup ${name} is damaged (${file}): take another one with --at.`,
    });
  }
}

/**
 * Reads every byte that a point needs and compares it with its hash. Returns the keys of objects whose
 * bytes are lost or damaged; damaged ones are set aside, so that the next backup copies them again if
 * the installation still has them. Throws BackupError as `checkLists` does.
 */
export async function checkPoint(
  { contents }: BackupFolder,
  point: Point,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<readonly string[]> {
  await checkLists(point);
  const lost: string[] = [];
  for (const file of ['compiledObjects', 'objects'] as const) {
    for await (const { key, sha256, bytes } of entriesOf(pointFile(point.folder, file))) {
      const state = await contents.check(sha256);
      if (state === 'damaged') await contents.setAside(sha256);
      if (state !== 'whole') lost.push(key);
      onBytes(bytes);
    }
  }
  return lost;
}

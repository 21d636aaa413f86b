import { createHash } from 'node:crypto';
import type { FileEntry } from '../versions/version-manifest.ts';
import type { PublicVersion } from '../versions/public-head.ts';
import type { Before } from '../versions/version-place.ts';
import { PublishError, type VersionWriter } from '../versions/version-writer.ts';

/** Whether the version before has public files, all as its manifest says. */
export async function areWhole(before: Before): Promise<boolean> {
  const files = (await before.manifest())?.audiences.public?.files ?? [];
  for (const file of files) if (!(await isWhole(before, file))) return false;
  return files.length > 0;
}

/** What public files that are kept are of. */
interface Kept {
  readonly rows: number;
  readonly published: PublicVersion | undefined;
}

/**
 * Puts the public files of the version before into the one that is being written. Throws PublishError
 * when one of them is gone.
 */
export async function keepPublic(before: Before, files: VersionWriter): Promise<Kept> {
  const entry = (await before.manifest())?.audiences.public;
  for (const { name, mediaType, rows } of entry?.files ?? []) {
    const body = await before.readPublic(name);
    if (body === undefined) throw new PublishError(`The public file ${name} has gone.`);
    files.openBody('public', { name, mediaType, body, fail: () => undefined }).rows = rows;
  }
  const { version, cutOff } = entry ?? {};
  const isKnown = version !== undefined && cutOff !== undefined;
  return { rows: entry?.rows ?? 0, published: isKnown ? { version, cutOff } : undefined };
}

async function isWhole(before: Before, { name, sha256 }: FileEntry): Promise<boolean> {
  const body = await before.readPublic(name);
  if (body === undefined) return false;
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

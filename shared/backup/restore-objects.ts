import { createHash } from 'node:crypto';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Contents } from './contents.ts';
import { eachAtOnce } from './each-at-once.ts';
import { type BackedUpObject, entriesOf } from './point.ts';

/** Objects under way at a time, and how many are taken from the list at once. */
const width = 8;
const batchSize = 256;

export interface RestoredObjects {
  readonly objects: number;
  readonly bytes: number;
  /** Keys of objects whose bytes the backup has lost. */
  readonly lost: readonly string[];
}

/**
 * Puts the objects of a list in their places. The bytes are compared with their hash before they are
 * sent and again as the store gives them back. What is in its place already is not sent again. A file
 * that the backup has lost is reported, and stops nothing. Throws Fault `store-unavailable`.
 */
export async function restoreObjects(
  { objects, contents }: { readonly objects: ObjectStore; readonly contents: Contents },
  list: string,
  isWanted: (key: string) => boolean,
  onBytes: (bytes: number) => void,
): Promise<RestoredObjects> {
  const lost: string[] = [];
  let count = 0;
  let bytes = 0;
  const restore = async (batch: readonly BackedUpObject[]): Promise<void> => {
    const done = await eachAtOnce(batch, width, async (object) => {
      const isRestored = await restoreObject(objects, contents, object);
      onBytes(object.bytes);
      return isRestored;
    });
    for (const [index, object] of batch.entries()) {
      if (done[index] === true) {
        count += 1;
        bytes += object.bytes;
      } else lost.push(object.key);
    }
  };
  let batch: BackedUpObject[] = [];
  for await (const object of entriesOf(list)) {
    if (!isWanted(object.key)) continue;
    batch.push(object);
    if (batch.length < batchSize) continue;
    await restore(batch);
    batch = [];
  }
  await restore(batch);
  return { objects: count, bytes, lost };
}

/** False: the backup does not have its bytes. */
async function restoreObject(
  objects: ObjectStore,
  contents: Contents,
  { key, sha256, bytes, ...headers }: BackedUpObject,
): Promise<boolean> {
  const there = await objects.info(key);
  if (there?.bytes === bytes && (await storedHash(objects, key)) === sha256) return true;
  if ((await contents.check(sha256)) !== 'whole') return false;
  await objects.put(key, contents.read(sha256), headers);
  const stored = await storedHash(objects, key);
  if (stored !== sha256) throw new Error(`${key} was stored as other bytes than were sent.`);
  return true;
}

async function storedHash(objects: ObjectStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await objects.get(key)) ?? []) hash.update(chunk);
  return hash.digest('hex');
}

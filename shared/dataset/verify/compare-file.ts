import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { FileEntry } from '../versions/manifest.ts';
import type { Drift } from './verify-report.ts';

/** Reads a stored file and compares it with what it should be. */
export async function compareFile(
  objects: ObjectStore,
  key: string,
  { bytes, sha256 }: FileEntry,
): Promise<readonly Drift[]> {
  const expected = { bytes, sha256 };
  const body = await objects.get(key);
  if (body === undefined) return [{ what: key, problem: 'missing', expected }];
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    length += chunk.byteLength;
  }
  const found = { bytes: length, sha256: hash.digest('hex') };
  if (found.bytes === bytes && found.sha256 === sha256) return [];
  return [{ what: key, problem: 'differs', expected, found }];
}

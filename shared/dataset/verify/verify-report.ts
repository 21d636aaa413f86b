import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { FileEntry } from '../versions/version-manifest.ts';

/** What is known of a file, as far as it is. */
export interface FileFacts {
  readonly rows?: number;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Something that is not as the record store says it should be. */
export interface Drift {
  /** A shard (`segments/<formId>/<shard>`), a pointer (`dataset/<datasetId>`), or the key of an object. */
  readonly what: string;
  /**
   * `stale`: a dataset could not be brought up to date; `orphan`: it belongs to a submission that is
   * not there.
   */
  readonly problem: 'missing' | 'differs' | 'unreadable' | 'unexpected' | 'stale' | 'orphan';
  /** Made anew from what it is made from. */
  readonly expected?: FileFacts;
  /** As it is stored, or as the manifest has it. */
  readonly found?: FileFacts;
}

/** Rows that were public before a dataset was brought up to date, and that are since: fewer. */
export interface TakenDown {
  readonly dataset: string;
  readonly before: number;
  readonly after: number;
}

/** Whether to repair what differs. */
export interface VerifyOptions {
  readonly repair: boolean;
}

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

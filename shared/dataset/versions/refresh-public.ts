import { Fault } from '../../fault.ts';
import { publicCacheControl } from '../../public-headers.ts';
import { flipDatasetPointer, readDatasetPointer, type DatasetPointer } from './dataset-pointer.ts';
import {
  MissingPart,
  type ObjectHeaders,
  type WriteCondition,
} from '../../objects/object-store.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  type FileEntry,
  type Manifest,
  findManifest,
  readStoredManifest,
  versionFileKey,
} from './version-manifest.ts';

const attempts = 20;

/**
 * Makes `public/` show a dataset's current version. Each file is replaced only if it is still what
 * it was before the pointer was read again: a slow run cannot put an old file over a newer one. What
 * is left undone, the pointer says, so that the next run does it.
 */
export async function refreshPublic(deps: CompileDeps, datasetId: string): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const pointer = await readDatasetPointer(deps.registry, datasetId);
    if (pointer === undefined) return;
    // Who was overtaken looks after what it did, though another run has done all: between the look
    // at the pointer and its last write, a file of its older version may have got in.
    if (pointer.publishedVersion === pointer.version && attempt === 1) return;
    const manifest = await readStoredManifest(deps.objects, datasetId, pointer.version);
    const files = manifest.audiences.public?.files ?? [];
    const isNext = attempt === 1 && manifest.previous === pointer.publishedVersion;
    const same = isNext ? await unchanged(deps, datasetId, manifest) : new Set<string>();
    const others = files.filter(({ name }) => !same.has(name));
    const done =
      (await copyAll(deps, datasetId, pointer, others)) &&
      (await removeOthers(deps, datasetId, pointer, files));
    if (!done) continue;
    const next = { ...pointer, publishedVersion: pointer.version };
    if ((await flipDatasetPointer(deps.registry, datasetId, pointer, next)) !== undefined) return;
  }
  throw new Fault('store-unavailable');
}

/**
 * Names of the files that are in `public/` already, since the version before had the same: what is
 * asked for again may then be answered from caches. Only where that version was shown whole.
 */
async function unchanged(
  { objects }: CompileDeps,
  datasetId: string,
  { audiences, previous }: Manifest,
): Promise<ReadonlySet<string>> {
  const before = previous === null ? undefined : await findManifest(objects, datasetId, previous);
  const known = new Map(
    before?.audiences.public?.files.map(({ name, sha256, mediaType }) => [
      name,
      `${sha256} ${mediaType}`,
    ]),
  );
  const same = (audiences.public?.files ?? []).filter(
    ({ name, sha256, mediaType }) => known.get(name) === `${sha256} ${mediaType}`,
  );
  const found = new Set<string>();
  for (const { name } of same) {
    if ((await objects.info(`public/${name}`)) !== undefined) found.add(name);
  }
  return found;
}

/** False: another version became current, or another run wrote a file. */
async function copyAll(
  deps: CompileDeps,
  datasetId: string,
  pointer: DatasetPointer,
  files: readonly FileEntry[],
): Promise<boolean> {
  for (const { name, mediaType } of files) {
    const key = `public/${name}`;
    const before = await deps.objects.info(key);
    if (!(await isCurrent(deps, datasetId, pointer))) return false;
    const headers = { contentType: mediaType, cacheControl: publicCacheControl };
    const source = versionFileKey(datasetId, pointer.version, 'public', name);
    const condition = before === undefined ? ({ absent: true } as const) : { etag: before.etag };
    const written = await copy(deps, key, source, headers, condition);
    if (!written) return false;
  }
  return true;
}

/** False: the file has gone, or what is in its place is another one. The store copies it by itself. */
async function copy(
  { objects }: CompileDeps,
  key: string,
  source: string,
  headers: ObjectHeaders,
  condition: WriteCondition,
): Promise<boolean> {
  try {
    return (await objects.join(key, [source], headers, condition)) !== undefined;
  } catch (error) {
    if (error instanceof MissingPart) return false;
    throw error;
  }
}

/** Takes away public files of the dataset that the current version no longer has. */
async function removeOthers(
  deps: CompileDeps,
  datasetId: string,
  pointer: DatasetPointer,
  files: readonly FileEntry[],
): Promise<boolean> {
  const kept = new Set(files.map(({ name }) => `public/${name}`));
  for await (const page of deps.objects.list(`public/${datasetId}.`)) {
    for (const { key } of page) {
      if (kept.has(key)) continue;
      if (!(await isCurrent(deps, datasetId, pointer))) return false;
      await deps.objects.delete(key);
    }
  }
  return true;
}

async function isCurrent(
  { registry }: CompileDeps,
  datasetId: string,
  { version }: DatasetPointer,
): Promise<boolean> {
  return (await readDatasetPointer(registry, datasetId))?.version === version;
}

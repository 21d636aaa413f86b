import { registryKey } from '../../store/keys.ts';
import { readDatasetPointer } from './dataset-pointer.ts';
import {
  expireVersion,
  readDatasetVersions,
  type DatasetVersion,
  deleteVersionFiles,
} from './dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { defaultRetention, type Retention } from '../../config.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import { readSegmentPointers } from '../segments/segment-pointer.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Nothing younger expires: someone may be reading it still. */
const leastAgeMs = 60 * 60 * 1000;
/** How many expired versions a dataset's list remembers. */
const mostExpired = 1000;

/**
 * The versions that are kept no longer. `versions` come newest first. All of a busy day would be too
 * many: a server that compiles every minute makes up to 1,440.
 */
export function expiring(
  versions: readonly DatasetVersion[],
  { versions: newest, days }: Retention,
  now: Date,
): readonly DatasetVersion[] {
  const published = versions.filter(({ state }) => state === 'published');
  const oldestDay = new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10);
  const seen = new Set<string>();
  return published.filter(({ createdAt }, index) => {
    const day = createdAt.slice(0, 10);
    const lastOfDay = day > oldestDay && !seen.has(day);
    seen.add(day);
    const young = now.getTime() - Date.parse(createdAt) < leastAgeMs;
    return index >= newest && !lastOfDay && !young;
  });
}

/**
 * Deletes the files of versions that are kept no longer, once their list says that they have expired.
 * The current version and the one that `public/` shows stay. Returns how many have expired.
 */
export async function expireVersions(deps: CompileDeps, datasetId: string): Promise<number> {
  const { registry, retention = defaultRetention } = deps;
  const pointer = await readDatasetPointer(registry, datasetId);
  if (pointer === undefined) return 0;
  const now = deps.clock();
  const versions = await readDatasetVersions(registry, datasetId);
  const needed = new Set([pointer.version, pointer.publishedVersion]);
  let expired = 0;
  for (const version of expiring(versions, retention, now)) {
    if (needed.has(version.version)) continue;
    await expireVersion(registry, datasetId, version, now);
    await deleteVersionFiles(deps, datasetId, version.version);
    expired += 1;
  }
  const gone = versions.filter(({ state }) => state === 'expired');
  for (const { version } of gone.slice(mostExpired)) {
    await registry.delete(registryKey.datasetVersion(datasetId, version));
  }
  return expired;
}

/** How long what no pointer names is kept: someone may be reading it, or be about to point to it. */
const keptMs = 24 * 60 * 60 * 1000;

/** Deletes segments of a form that are not current and were stored before `before` (default: a day ago). */
export async function sweepSegments(
  deps: CompileDeps,
  { formId, shards }: FormRecord,
  before = new Date(deps.clock().getTime() - keptMs),
): Promise<number> {
  let swept = 0;
  for await (const page of deps.objects.list(`segments/${formId}/`)) {
    const pointers = await readSegmentPointers(deps.registry, formId, shards);
    const current = new Set(pointers.map((pointer) => pointer?.key));
    for (const { key, modified } of page) {
      if (current.has(key) || modified >= before) continue;
      await deps.objects.delete(key);
      swept += 1;
    }
  }
  return swept;
}

/** Deletes files that interrupted runs have left: of versions that never became one, and parts of those that did. */
export async function sweepVersions(
  deps: CompileDeps,
  datasetId: string,
  before = new Date(deps.clock().getTime() - keptMs),
): Promise<number> {
  const versions = await readDatasetVersions(deps.registry, datasetId);
  const current = await readDatasetPointer(deps.registry, datasetId);
  const known = new Set(
    versions.filter(({ state }) => state === 'published').map(({ version }) => version),
  );
  if (current !== undefined) known.add(current.version);
  let swept = 0;
  for await (const page of deps.objects.list(`datasets/${datasetId}/`)) {
    for (const { key, modified } of page) {
      const [, , version = '', folder] = key.split('/');
      if ((known.has(version) && folder !== 'parts') || modified >= before) continue;
      await deps.objects.delete(key);
      swept += 1;
    }
  }
  return swept;
}

/** Deletes what was put together for a download and fetched, or not, a day ago. */
export async function sweepExports({
  objects,
  clock,
}: Pick<CompileDeps, 'objects' | 'clock'>): Promise<void> {
  const before = new Date(clock().getTime() - keptMs);
  for await (const page of objects.list('exports/')) {
    for (const { key, modified } of page) if (modified < before) await objects.delete(key);
  }
}

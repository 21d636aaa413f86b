import { registryKey } from '../../store/keys.ts';
import { readDatasetPointer } from './dataset-pointer.ts';
import {
  expireVersion,
  readDatasetVersions,
  type DatasetVersion,
  deleteVersionFiles,
} from './dataset-version.ts';
import type { CompileDeps } from '../deps.ts';
import { defaultRetention, type Retention } from '../../config.ts';

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

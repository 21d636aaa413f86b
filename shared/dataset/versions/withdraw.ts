import { audiences } from '../../form/model.ts';
import type { CompileDeps } from '../deps.ts';
import { withdrawVersion, type DatasetVersion, type GoneFile } from './dataset-version.ts';
import { findManifest } from './stored-manifest.ts';
import { versionPrefix } from './version-writer.ts';

/**
 * Takes a version away: notes first that it is gone, why, and which files it had, so that nobody is
 * shown it any more; then deletes the files. What an interruption leaves of them is swept.
 */
export async function withdraw(
  deps: Pick<CompileDeps, 'registry' | 'objects' | 'clock'>,
  datasetId: string,
  version: DatasetVersion,
  reason: 'erasure' | 'damaged',
): Promise<void> {
  const files = await filesOf(deps, datasetId, version.version);
  await withdrawVersion(deps.registry, datasetId, version, { reason, at: deps.clock(), files });
  await deleteVersionFiles(deps, datasetId, version.version);
}

export async function deleteVersionFiles(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<void> {
  for await (const page of objects.list(versionPrefix(datasetId, version))) {
    for (const { key } of page) await objects.delete(key);
  }
}

async function filesOf(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<readonly GoneFile[]> {
  const manifest = await findManifest(objects, datasetId, version);
  return audiences.flatMap((audience) =>
    (manifest?.audiences[audience]?.files ?? []).map(({ name, bytes, sha256 }) => ({
      ...{ audience, name, bytes, sha256 },
    })),
  );
}

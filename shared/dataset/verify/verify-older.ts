import { compareFile } from './compare-file.ts';
import { readDatasetPointer } from '../versions/dataset-pointer.ts';
import { readDatasetVersions } from '../versions/dataset-version.ts';
import type { CompileDeps } from '../deps.ts';
import { findManifest } from '../versions/stored-manifest.ts';
import type { DatasetReport } from './verify-dataset.ts';
import type { Drift, VerifyOptions } from './verify-report.ts';
import { filesByKey } from '../versions/version-files.ts';
import { versionPrefix } from '../versions/version-writer.ts';
import { withdraw } from '../versions/withdraw.ts';

/**
 * Compares the files of earlier versions with their manifests: they cannot be made anew, for what they
 * were made from is gone. With `repair`, a version that is not what its manifest says is withdrawn.
 */
export async function verifyOlder(
  deps: CompileDeps,
  datasetId: string,
  { repair }: VerifyOptions,
): Promise<DatasetReport> {
  const current = (await readDatasetPointer(deps.registry, datasetId))?.version;
  const drift: Drift[] = [];
  let files = 0;
  for (const version of await readDatasetVersions(deps.registry, datasetId)) {
    if (version.version === current || version.state !== 'published') continue;
    const found = await compareVersion(deps, datasetId, version.version);
    files += found.files;
    drift.push(...found.drift);
    if (repair && found.drift.length > 0) await withdraw(deps, datasetId, version, 'damaged');
  }
  return { files, drift };
}

async function compareVersion(
  { objects }: CompileDeps,
  datasetId: string,
  version: string,
): Promise<DatasetReport> {
  const manifest = await findManifest(objects, datasetId, version);
  if (manifest === undefined) {
    const what = `${versionPrefix(datasetId, version)}manifest.json`;
    return { files: 0, drift: [{ what, problem: 'unreadable' }] };
  }
  const files = filesByKey(manifest);
  const drift: Drift[] = [];
  for (const [key, entry] of files) drift.push(...(await compareFile(objects, key, entry)));
  return { files: files.size, drift };
}

import { Fault } from '../fault.ts';
import { audiences, type Audience } from '../form/model.ts';
import { FormId } from '../ids.ts';
import {
  readDatasetPointer,
  readDatasetPointers,
  readDatasetVersions,
  type DatasetVersion,
} from './dataset-pointer.ts';
import type { CompileDeps } from './deps.ts';
import type { FileEntry, Manifest } from './manifest.ts';
import { readStoredManifest } from './stored-manifest.ts';
import { versionFileKey } from './version-writer.ts';

type ReadDeps = Pick<CompileDeps, 'registry' | 'objects'>;

/** The current manifests of all datasets that have something for the audience, by id. */
export async function listDatasets(
  deps: ReadDeps,
  audience: Audience,
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  for (const [datasetId, { version }] of await readDatasetPointers(deps.registry)) {
    const manifest = await readStoredManifest(deps.objects, datasetId, version);
    if (manifest.audiences[audience] !== undefined) manifests.push(forAudience(manifest, audience));
  }
  return manifests;
}

/**
 * The manifest of a version, by default the current one, less what wider audiences see. Throws Fault
 * `not-found` if there is none for the audience, or if it was withdrawn.
 */
export async function readManifest(
  deps: ReadDeps,
  datasetId: string,
  audience: Audience,
  version?: string,
): Promise<Manifest> {
  if (!FormId.safeParse(datasetId).success) throw new Fault('not-found');
  const current = (await readDatasetPointer(deps.registry, datasetId))?.version;
  const wanted = version ?? current;
  if (wanted === undefined) throw new Fault('not-found');
  if (wanted !== current) {
    const versions = await readDatasetVersions(deps.registry, datasetId);
    const found = versions.find((candidate) => candidate.version === version);
    if (found?.state !== 'published') throw new Fault('not-found');
  }
  const manifest = await readStoredManifest(deps.objects, datasetId, wanted);
  if (manifest.audiences[audience] === undefined) throw new Fault('not-found');
  return forAudience(manifest, audience);
}

/** All versions, newest first, withdrawn ones with the reason. Fault `not-found` as for the manifest. */
export async function listVersions(
  deps: ReadDeps,
  datasetId: string,
  audience: Audience,
): Promise<readonly DatasetVersion[]> {
  const { version, cutOff, createdAt } = await readManifest(deps, datasetId, audience);
  const others = (await readDatasetVersions(deps.registry, datasetId)).filter(
    (other) => other.version !== version,
  );
  return [{ version, cutOff, createdAt, state: 'published' }, ...others];
}

/** Where a file of a version is, and what is known of it. Throws Fault `not-found`. */
export async function openDatasetFile(
  deps: ReadDeps,
  datasetId: string,
  file: string,
  audience: Audience,
  version?: string,
): Promise<{ readonly key: string; readonly entry: FileEntry }> {
  const manifest = await readManifest(deps, datasetId, audience, version);
  const entry = manifest.audiences[audience]?.files.find(({ name }) => name === file);
  if (entry === undefined) throw new Fault('not-found');
  return { key: versionFileKey(datasetId, manifest.version, audience, entry.name), entry };
}

/** How many rows others see, and what is kept from whom, is for the coordinator to know. */
function forAudience(manifest: Manifest, audience: Audience): Manifest {
  if (audience === 'coordinator') return { ...manifest, internal: [] };
  const seen = audiences.slice(0, audiences.indexOf(audience) + 1);
  const entries = seen.flatMap((name) => {
    const entry = manifest.audiences[name];
    return entry === undefined ? [] : [[name, entry] as const];
  });
  return { ...manifest, audiences: Object.fromEntries(entries), withheld: {}, internal: [] };
}

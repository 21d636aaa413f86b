import { text } from 'node:stream/consumers';
import { Fault } from '../../fault.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { Manifest } from './manifest.ts';
import { versionPrefix } from './version-writer.ts';

/** The manifest of a version. Throws Fault `not-found` when it is not there (any more). */
export async function readStoredManifest(
  objects: ObjectStore,
  datasetId: string,
  version: string,
): Promise<Manifest> {
  const stored = await objects.get(`${versionPrefix(datasetId, version)}manifest.json`);
  if (stored === undefined) throw new Fault('not-found');
  return Manifest.parse(JSON.parse(await text(stored)));
}

/** The same; undefined when it is not there or is no manifest. */
export async function findManifest(
  objects: ObjectStore,
  datasetId: string,
  version: string,
): Promise<Manifest | undefined> {
  try {
    return await readStoredManifest(objects, datasetId, version);
  } catch (error) {
    if (error instanceof Fault && error.code !== 'not-found') throw error;
    return undefined;
  }
}

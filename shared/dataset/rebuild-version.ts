import type { ObjectBody, ObjectHeaders, ObjectInfo } from '../objects/object-store.ts';
import type { DatasetPointer } from './dataset-pointer.ts';
import type { Prepared } from './dataset-spec.ts';
import type { CompileDeps } from './deps.ts';
import { buildAgain } from './make-version.ts';
import { Manifest } from './manifest.ts';
import { VersionWriter, type FileStore } from './version-writer.ts';

/** Takes files in and keeps nothing of them but how long they are. */
class ForgetfulStore implements FileStore {
  readonly #infos = new Map<string, ObjectInfo & ObjectHeaders>();

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    let bytes = 0;
    if (body instanceof Uint8Array) bytes = body.byteLength;
    else for await (const chunk of body) bytes += chunk.byteLength;
    const info = { ...headers, key, bytes, etag: '', modified: new Date(0) };
    this.#infos.set(key, info);
    return info;
  }

  info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    return Promise.resolve(this.#infos.get(key));
  }
}

/**
 * What the manifest of the current version should say: every file is made once more from the segments,
 * and nothing of it is stored.
 */
export async function rebuildManifest(
  deps: CompileDeps,
  datasetId: string,
  prepared: Prepared,
  pointer: DatasetPointer,
): Promise<Manifest> {
  const files = new VersionWriter(new ForgetfulStore(), datasetId, pointer.version);
  return Manifest.parse(await buildAgain(deps, datasetId, prepared, pointer, files));
}

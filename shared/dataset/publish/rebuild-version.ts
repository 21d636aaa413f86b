import type { ObjectBody, ObjectHeaders, ObjectInfo } from '../../objects/object-store.ts';
import type { DatasetPointer } from '../versions/dataset-pointer.ts';
import type { Prepared } from '../build/dataset-spec.ts';
import type { CompileDeps } from '../deps.ts';
import { buildAgain } from './make-version.ts';
import { Manifest } from '../versions/manifest.ts';
import type { JoiningStore } from '../build/part-store.ts';

/** Takes files in and keeps nothing of them but how long they are. */
class ForgetfulStore implements JoiningStore {
  readonly #infos = new Map<string, ObjectInfo & ObjectHeaders>();

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    let bytes = 0;
    if (body instanceof Uint8Array) bytes = body.byteLength;
    else for await (const chunk of body) bytes += chunk.byteLength;
    return this.#keep(key, bytes, headers);
  }

  join(key: string, parts: readonly string[], headers: ObjectHeaders): Promise<ObjectInfo> {
    const bytes = parts.reduce((sum, part) => sum + (this.#infos.get(part)?.bytes ?? 0), 0);
    return Promise.resolve(this.#keep(key, bytes, headers));
  }

  #keep(key: string, bytes: number, headers: ObjectHeaders): ObjectInfo {
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
  const forgetful = new ForgetfulStore();
  return Manifest.parse(await buildAgain(deps, datasetId, prepared, pointer, forgetful));
}

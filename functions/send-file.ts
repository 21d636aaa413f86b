import { Fault } from '../shared/fault.ts';
import type { Answer } from '../shared/http/endpoint.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';

/** For how long a link to a file can be followed. */
const linkSeconds = 300;

export interface FileDeps {
  readonly objects: Pick<ObjectStore, 'downloadLink'>;
  /** Sends the bytes of an object instead of a link to it: on one machine, where there is no other host. */
  readonly serveFile?: (key: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** Hands out an object: a link to it or, on one machine, its bytes with these headers. Fault `not-found`. */
export async function sendFile(
  { objects, serveFile }: FileDeps,
  { key, fileName }: { readonly key: string; readonly fileName: string },
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  if (serveFile === undefined) {
    const location = await objects.downloadLink(key, { fileName, seconds: linkSeconds });
    return { status: 302, headers: { location } };
  }
  const stream = await serveFile(key);
  if (stream === undefined) throw new Fault('not-found');
  return { status: 200, headers, stream };
}

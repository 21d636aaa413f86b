import { alreadyHas } from './etag.ts';
import { publicCacheControl, publicCors } from '../public-headers.ts';

const publicPath = /^\/(?:public\/([A-Za-z0-9][A-Za-z0-9._-]*)|(embed\.js))$/;

/** The key, in the object store, of the file at a public path; undefined: no file can be there. */
export function publicKey(path: string): string | undefined {
  const match = publicPath.exec(path);
  const file = match?.[1] ?? match?.[2];
  return file === undefined ? undefined : `public/${file}`;
}

/** True for paths whose every answer carries the public headers. */
export function isPublicPath(path: string): boolean {
  return path.startsWith('/public/') || path === '/embed.js';
}

/** What is known of a public file; `etag` in quotes, strong. */
export interface PublicFile {
  readonly etag: string;
  readonly bytes: number;
  readonly contentType: string;
}

/** The headers of a 200 and a 304 alike, less those about the body: RFC 9110, 15.4.5. */
export function publicHeaders(file: PublicFile): Record<string, string> {
  return {
    ...publicCors,
    'cache-control': publicCacheControl,
    etag: file.etag,
    'x-content-type-options': 'nosniff',
  };
}

/** Whether a conditional GET is answered by 304. There is no Last-Modified: seconds are too coarse. */
export function isNotModified(file: PublicFile, ifNoneMatch: string | undefined): boolean {
  return alreadyHas(ifNoneMatch, file.etag);
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../shared/fault.ts';
import { refusal, type Failure } from '../shared/http/door.ts';
import {
  isNotModified,
  publicHeaders,
  publicKey,
  type PublicFile,
} from '../shared/http/public-paths.ts';
import { publicCors, publicMethods, publicPreflight } from '../shared/public-headers.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';

/** Files up to this length are kept in memory, as many as fit. Bytes. */
const mostPerFile = 1_048_576;
const mostInAll = 64 * 1_048_576;

/**
 * For how long a file in memory is served without a look at the store, in milliseconds: another
 * process may have published since. Clients may keep it for a minute anyway.
 */
const trustedMs = 100;

interface Found {
  readonly file: PublicFile;
  /** Of a 200; a 304 has none that describe the body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | AsyncIterable<Uint8Array>;
}

interface Kept extends Found {
  readonly body: Buffer;
  readonly headers304: Readonly<Record<string, string>>;
  checkedAt: number;
}

/** A reader on a bad line went away in the middle: no fault of ours. */
function isClientGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Lets go of a stream that nobody reads: it closes its file when it is stopped, once begun. */
async function abandon(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  await reader.return?.();
}

/** The files under `public/`, as S3 and CloudFront serve them elsewhere. */
export class PublicFiles {
  readonly #objects: ObjectStore;
  readonly #report: (failure: Failure) => void;
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;

  constructor(objects: ObjectStore, report: (failure: Failure) => void) {
    this.#objects = objects;
    this.#report = report;
  }

  /** To be called when something was published: what is in memory is looked up again. */
  forget(): void {
    for (const kept of this.#kept.values()) kept.checkedAt = -Infinity;
  }

  /** Answers one request for a public path, whatever it asks; never rejects. */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#serve(path, request, response);
    } catch (error) {
      const requestId = randomUUID();
      const known = error instanceof Fault && error.code !== 'store-unavailable';
      if (!known && !isClientGone(error)) this.#report({ requestId, operation: 'public', error });
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const acceptLanguage = request.headers['accept-language'];
      const refused = refusal(error, { path, acceptLanguage, requestId });
      const { statusCode = 500, headers, body = '' } = refused;
      response.writeHead(statusCode, {
        ...headers,
        ...publicCors,
        'content-length': Buffer.byteLength(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    }
  }

  async #serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request;
    if (!publicMethods.includes(method)) {
      throw new Fault('method-not-allowed', { extra: { allow: publicMethods } });
    }
    if (method === 'OPTIONS') {
      response.writeHead(204, publicPreflight);
      response.end();
      return;
    }
    const key = publicKey(path);
    const kept = key === undefined ? undefined : this.#fresh(key);
    const found = kept ?? (key === undefined ? undefined : await this.#find(key));
    if (found === undefined) throw new Fault('not-found');
    const unread = Buffer.isBuffer(found.body) ? undefined : found.body;
    if (isNotModified(found.file, request.headers['if-none-match'])) {
      if (unread !== undefined) await abandon(unread);
      response.writeHead(304, kept?.headers304 ?? publicHeaders(found.file));
      response.end();
      return;
    }
    response.writeHead(200, found.headers);
    if (method === 'HEAD') {
      if (unread !== undefined) await abandon(unread);
      response.end();
    } else if (unread !== undefined) await pipeline(unread, response);
    else response.end(found.body);
  }

  #fresh(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && Date.now() - kept.checkedAt < trustedMs ? kept : undefined;
  }

  /** What the store has now. Bytes and headers are of one and the same file, though it be replaced meanwhile. */
  async #find(key: string): Promise<Found | undefined> {
    for (;;) {
      const checkedAt = Date.now();
      const info = await this.#objects.info(key);
      if (info === undefined) {
        this.#drop(key);
        return undefined;
      }
      const etag = `"${info.etag.replaceAll('"', '')}"`;
      const kept = this.#kept.get(key);
      if (kept?.file.etag === etag) {
        kept.checkedAt = checkedAt;
        return kept;
      }
      const stream = await this.#objects.get(key);
      const after = await this.#objects.info(key);
      if (stream === undefined) continue;
      if (after?.etag !== info.etag) {
        await abandon(stream);
        continue;
      }
      const file: PublicFile = { etag, bytes: info.bytes, contentType: info.contentType };
      const headers = {
        ...publicHeaders(file),
        'content-type': file.contentType,
        'content-length': String(file.bytes),
      };
      if (file.bytes > mostPerFile) return { file, headers, body: stream };
      const found = { file, headers, headers304: publicHeaders(file), body: await buffer(stream) };
      this.#keep(key, { ...found, checkedAt });
      return found;
    }
  }

  #drop(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.body.length ?? 0;
    this.#kept.delete(key);
  }

  #keep(key: string, kept: Kept): void {
    this.#drop(key);
    this.#kept.set(key, kept);
    this.#keptBytes += kept.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= mostInAll) return;
      this.#drop(oldest);
    }
  }
}

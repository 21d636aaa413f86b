/** What is known of a stored object. `etag` is strong and changes with the bytes. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modified: Date;
}

/** Headers that go with an object wherever it is served from. ASCII: HTTP carries nothing else safely. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
}

/** What can be stored: all bytes at once, or a stream of them (flat memory, of any length). */
export type ObjectBody = Uint8Array | AsyncIterable<Uint8Array>;

/** What must hold for a write to take place: nothing is there, or what is there has this etag. */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

/**
 * A store of immutable or replaced-as-a-whole objects under keys such as `segments/x/0/abc.zst`.
 * A reader sees the old bytes or the new ones, never a part. Throws Fault `store-unavailable` when
 * the store fails. A key has segments of `[A-Za-z0-9._-]`, parted by `/`, none of them `.` or `..`.
 */
export interface ObjectStore {
  put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo>;
  /** False, and nothing written, if the key is taken. */
  putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean>;
  /** False, and nothing written, if the object there is absent or has another etag. */
  putIfMatch(key: string, body: ObjectBody, headers: ObjectHeaders, etag: string): Promise<boolean>;
  /**
   * Makes one object of the bytes of others, in that order (one alone: a copy), the way the store
   * does it best: S3 copies by itself what is long enough, whatever its length. Undefined, and
   * nothing written, if the condition does not hold. Throws MissingPart, and writes nothing, when a
   * part is not there.
   */
  join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined>;
  info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined>;
  /** The bytes, or those from `start` to `end`, both included; undefined if there is no such object. */
  get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** All objects whose key begins with `prefix`, in key order, page by page. */
  list(prefix: string): AsyncIterable<readonly ObjectInfo[]>;
  /** Deleting what is not there is no fault. */
  delete(key: string): Promise<void>;
  /** A link from which anyone can fetch the object for a while, under that file name. */
  downloadLink(key: string, options: { fileName: string; seconds: number }): Promise<string>;
  /** A link to which exactly these bytes can be sent with PUT for a while. */
  uploadLink(
    key: string,
    options: { bytes: number; sha256: string; contentType: string; seconds: number },
  ): Promise<string>;
}

/** Throws RangeError unless `key` is one that every store takes: see ObjectStore. It may not leave a folder. */
export function checkKey(key: string): void {
  const fine =
    key.length <= 900 &&
    key
      .split('/')
      .every((part) => /^[A-Za-z0-9._-]{1,200}$/.test(part) && part !== '.' && part !== '..');
  if (!fine) throw new RangeError(`"${key.slice(0, 200)}" is no key of an object.`);
}

/** An object that was to become a part of another one is not there, or was replaced meanwhile. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

/** The bytes of objects, one after the other. Throws MissingPart where one is not there. */
export async function* bytesOfParts(
  store: Pick<ObjectStore, 'get'>,
  parts: readonly string[],
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const body = await store.get(part);
    if (body === undefined) throw new MissingPart(`${part} is not there.`);
    yield* body;
  }
}

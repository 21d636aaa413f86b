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

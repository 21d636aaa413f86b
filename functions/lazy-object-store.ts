import type {
  ObjectBody,
  ObjectHeaders,
  ObjectInfo,
  ObjectStore,
  WriteCondition,
} from '../shared/objects/object-store.ts';

/**
 * An object store that is loaded with its first use. S3's client takes as long to load as
 * DynamoDB's, and many requests never need it.
 */
export class LazyObjectStore implements ObjectStore {
  readonly #load: () => Promise<ObjectStore>;
  #store: Promise<ObjectStore> | undefined;

  constructor(load: () => Promise<ObjectStore>) {
    this.#load = load;
  }

  #loaded(): Promise<ObjectStore> {
    return (this.#store ??= this.#load());
  }

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    return (await this.#loaded()).put(key, body, headers);
  }

  async putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean> {
    return (await this.#loaded()).putIfAbsent(key, body, headers);
  }

  async putIfMatch(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    etag: string,
  ): Promise<boolean> {
    return (await this.#loaded()).putIfMatch(key, body, headers, etag);
  }

  async join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined> {
    return (await this.#loaded()).join(key, parts, headers, condition);
  }

  async info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    return (await this.#loaded()).info(key);
  }

  async get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    return (await this.#loaded()).get(key, range);
  }

  async *list(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    yield* (await this.#loaded()).list(prefix);
  }

  async delete(key: string): Promise<void> {
    await (await this.#loaded()).delete(key);
  }

  async downloadLink(
    key: string,
    options: { readonly fileName: string; readonly seconds: number },
  ): Promise<string> {
    return (await this.#loaded()).downloadLink(key, options);
  }

  async uploadLink(
    key: string,
    options: {
      readonly bytes: number;
      readonly sha256: string;
      readonly contentType: string;
      readonly seconds: number;
    },
  ): Promise<string> {
    return (await this.#loaded()).uploadLink(key, options);
  }
}

import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  checkKey,
  MissingPart,
  type ObjectBody,
  type ObjectHeaders,
  type ObjectInfo,
  type ObjectStore,
  type WriteCondition,
} from '../../shared/objects/object-store.ts';
import { Interruptions } from './interruptions.ts';

interface MemoryObject {
  readonly bytes: Buffer;
  readonly info: ObjectInfo & ObjectHeaders;
}

/** An ObjectStore in memory, whose operations can be made to fail or to be overtaken. */
export class MemoryObjectStore implements ObjectStore {
  readonly #interruptions: Interruptions;
  readonly #objects = new Map<string, MemoryObject>();

  constructor(interruptions = new Interruptions()) {
    this.#interruptions = interruptions;
  }

  /** Every key, in order: for tests to look at. */
  keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    checkKey(key);
    const bytes = await bytesOf(body);
    return this.#interruptions.around(() => this.#store(key, bytes, headers));
  }

  async putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean> {
    checkKey(key);
    const bytes = await bytesOf(body);
    return this.#interruptions.around(() => {
      if (this.#objects.has(key)) return false;
      this.#store(key, bytes, headers);
      return true;
    });
  }

  async putIfMatch(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    etag: string,
  ): Promise<boolean> {
    checkKey(key);
    const bytes = await bytesOf(body);
    return this.#interruptions.around(() => {
      if (this.#objects.get(key)?.info.etag !== etag) return false;
      this.#store(key, bytes, headers);
      return true;
    });
  }

  join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined> {
    checkKey(key);
    return this.#interruptions.around(() => {
      const bytes = parts.map((part) => {
        const object = this.#objects.get(part);
        if (object === undefined) throw new MissingPart(part);
        return object.bytes;
      });
      const there = this.#objects.get(key)?.info;
      if (condition !== undefined) {
        const holds = 'etag' in condition ? there?.etag === condition.etag : there === undefined;
        if (!holds) return undefined;
      }
      return this.#store(key, Buffer.concat(bytes), headers);
    });
  }

  info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    return this.#interruptions.around(() => this.#objects.get(key)?.info);
  }

  get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkKey(key);
    return this.#interruptions.around(() => {
      const object = this.#objects.get(key);
      if (object === undefined) return undefined;
      return chunksOf(
        range === undefined ? object.bytes : object.bytes.subarray(range.start, range.end + 1),
      );
    });
  }

  async *list(prefix: string): AsyncIterable<readonly ObjectInfo[]> {
    const found = await this.#interruptions.around(() =>
      this.keys()
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => this.#objects.get(key)?.info ?? []),
    );
    if (found.length > 0) yield found;
  }

  delete(key: string): Promise<void> {
    checkKey(key);
    return this.#interruptions.around(() => {
      this.#objects.delete(key);
    });
  }

  downloadLink(key: string): Promise<string> {
    return Promise.resolve(`memory:${key}`);
  }

  uploadLink(key: string): Promise<string> {
    return Promise.resolve(`memory:${key}`);
  }

  #store(key: string, bytes: Buffer, headers: ObjectHeaders): ObjectInfo {
    const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
    const info = { ...headers, key, bytes: bytes.length, etag, modified: new Date() };
    this.#objects.set(key, { bytes, info });
    return info;
  }
}

function bytesOf(body: ObjectBody): Promise<Buffer> {
  return body instanceof Uint8Array ? Promise.resolve(Buffer.from(body)) : buffer(body);
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async generator is what the port hands out
async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

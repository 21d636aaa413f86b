import type {
  ObjectBody,
  ObjectHeaders,
  ObjectInfo,
  ObjectStore,
} from '../../objects/object-store.ts';
import { PublishError, type FileStore } from '../versions/version-writer.ts';
import type { FileState } from './part-state.ts';

/** Where files go that are put together from parts. */
export type JoiningStore = FileStore & Pick<ObjectStore, 'join'>;

/**
 * Stores what a part adds to files beside them, and makes them one when the last part asks what has
 * become of a file. `begun` are the files of the parts before, by key.
 */
export class PartStore implements FileStore {
  readonly #objects: JoiningStore;
  readonly #partKey: (key: string) => string;
  readonly #isLast: boolean;
  readonly #begun: ReadonlyMap<string, FileState>;
  readonly #headers = new Map<string, ObjectHeaders>();
  readonly #parts = new Map<string, readonly string[]>();

  constructor(
    objects: JoiningStore,
    partKey: (key: string) => string,
    isLast: boolean,
    begun: ReadonlyMap<string, FileState>,
  ) {
    this.#objects = objects;
    this.#partKey = partKey;
    this.#isLast = isLast;
    this.#begun = begun;
  }

  put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    this.#headers.set(key, headers);
    return this.#objects.put(this.#partKey(key), body, headers);
  }

  async info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    const own = await this.#objects.info(this.#partKey(key));
    const headers = this.#headers.get(key);
    if (own === undefined || headers === undefined) return undefined;
    const before = this.#begun.get(key) ?? { bytes: 0, parts: [] };
    const parts = own.bytes === 0 ? before.parts : [...before.parts, own.key];
    this.#parts.set(key, parts);
    if (!this.#isLast) return { ...own, key, bytes: before.bytes + own.bytes };
    const joined = await this.#objects.join(key, parts.length === 0 ? [own.key] : parts, headers);
    if (joined === undefined) throw new PublishError(`${key} was not joined.`);
    return { ...joined, ...headers };
  }

  /** The objects of which a file consists, once `info` was asked for it. */
  partsOf(key: string): readonly string[] {
    return this.#parts.get(key) ?? [];
  }
}

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { Fault } from '../fault.ts';
import { ownersFolder } from '../owners-file.ts';
import {
  diskFaults,
  guarded,
  openBytes,
  readDescription,
  syncFolder,
  syncFolders,
  writeTemporary,
} from './disk-object-file.ts';
import { DiskLock } from './disk-lock.ts';
import {
  bytesOfParts,
  checkKey,
  type ObjectBody,
  type ObjectHeaders,
  type ObjectInfo,
  type ObjectStore,
  type WriteCondition,
} from './object-store.ts';
import { signLink } from './signed-link.ts';
import type { LinkGrant, LinkSigner } from './signed-link.ts';

/** Ends the file of an object. No key holds it, so key `a` and key `a/b` do not meet. */
const mark = '@';
const leftoverMs = 60 * 60 * 1000;
const listPage = 1000;

function described(path: string): ReturnType<typeof readDescription> {
  return existsSync(path) ? readDescription(path) : undefined;
}

/**
 * Objects in a folder. A write goes to a temporary file, is made durable, and then takes its place by
 * one rename under a lock that holds across processes and threads; the lock lasts as long as the
 * comparison and the rename, not as long as the body. What a crash left in the temporary folder is
 * removed at an opening, or when it is asked for, an hour later. Its files and folders are for their owner alone.
 */
export class DiskObjectStore implements ObjectStore {
  readonly #objects: string;
  readonly #temporary: string;
  readonly #lock: DiskLock;
  readonly #links: LinkSigner | undefined;
  readonly #clock: Clock;

  constructor(folder: string, links?: LinkSigner, clock: Clock = systemClock) {
    this.#objects = join(folder, 'objects');
    this.#temporary = join(folder, 'temporary');
    this.#links = links;
    this.#clock = clock;
    mkdirSync(this.#objects, { recursive: true, mode: ownersFolder });
    mkdirSync(this.#temporary, { recursive: true, mode: ownersFolder });
    this.#lock = new DiskLock(join(folder, 'objects.lock'));
    this.removeLeftovers();
  }

  /** Lets go of the lock's file. Reads go on to work. */
  close(): void {
    this.#lock.close();
  }

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    const info = await this.#write(key, body, headers, () => true);
    if (info === undefined) throw new Fault('store-unavailable');
    return info;
  }

  async putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean> {
    const info = await this.#write(key, body, headers, (path) => described(path) === undefined);
    return info !== undefined;
  }

  async putIfMatch(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    etag: string,
  ): Promise<boolean> {
    const matches = (path: string): boolean => described(path)?.etag === etag;
    return (await this.#write(key, body, headers, matches)) !== undefined;
  }

  async join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined> {
    return this.#write(key, bytesOfParts(this, parts), headers, (path) => {
      if (condition === undefined) return true;
      const there = described(path);
      return 'etag' in condition ? there?.etag === condition.etag : there === undefined;
    });
  }

  info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    const path = this.#path(key);
    return guarded(() => {
      const description = readDescription(path);
      return Promise.resolve(description && { key, ...description });
    });
  }

  get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.#path(key);
    return guarded(() => openBytes(path, range));
  }

  async *list(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    let page: ObjectInfo[] = [];
    for await (const key of this.#keys(folder, prefix)) {
      const info = await this.info(key);
      if (info === undefined) continue;
      page.push({ key, bytes: info.bytes, etag: info.etag, modified: info.modified });
      if (page.length < listPage) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await guarded(async () => {
      this.#lock.hold(() => {
        rmSync(path, { force: true });
      });
      if (existsSync(dirname(path))) await syncFolder(dirname(path));
    });
  }

  downloadLink(
    key: string,
    { fileName, seconds }: { fileName: string; seconds: number },
  ): Promise<string> {
    return this.#link({ action: 'download', key, fileName }, seconds);
  }

  uploadLink(
    key: string,
    options: { bytes: number; sha256: string; contentType: string; seconds: number },
  ): Promise<string> {
    const { seconds, ...what } = options;
    return this.#link({ action: 'upload', key, ...what }, seconds);
  }

  #link(grant: LinkGrant, seconds: number): Promise<string> {
    checkKey(grant.key);
    if (this.#links === undefined) throw new Error('This store was opened without links.');
    return Promise.resolve(signLink(this.#links, grant, this.#clock().getTime() + seconds * 1000));
  }

  #path(key: string): string {
    checkKey(key);
    return join(this.#objects, `${key}${mark}`);
  }

  /** Undefined, and nothing written, if `may`, asked under the lock, says no. */
  async #write(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    may: (path: string) => boolean,
  ): Promise<ObjectInfo | undefined> {
    const path = this.#path(key);
    const { path: temporary, description } = await diskFaults(() =>
      writeTemporary(this.#temporary, body, headers),
    );
    return diskFaults(async () => {
      const created = mkdirSync(dirname(path), { recursive: true, mode: ownersFolder });
      const placed = this.#lock.hold(() => {
        if (!may(path)) return undefined;
        renameSync(temporary, path);
        // Asked here: once the lock is free, someone may delete it.
        return statSync(path).mtime;
      });
      if (placed === undefined) {
        await rm(temporary, { force: true });
        return undefined;
      }
      await syncFolders(dirname(path), created === undefined ? dirname(path) : dirname(created));
      return { key, bytes: description.bytes, etag: description.etag, modified: placed };
    });
  }

  /**
   * Keys under `folder` that begin with `prefix`, in the order of keys: a folder's name is compared
   * with its slash, or `a-b` would come after `a/b`.
   */
  async *#keys(folder: string, prefix: string): AsyncGenerator<string> {
    const entries = await guarded(() =>
      readdir(join(this.#objects, folder), { withFileTypes: true }),
    );
    const names = (entries ?? []).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -mark.length),
    );
    for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
      const path = folder + name;
      if (!path.startsWith(prefix) && !prefix.startsWith(path)) continue;
      if (name.endsWith('/')) yield* this.#keys(path, prefix);
      else if (path.startsWith(prefix)) yield path;
    }
  }

  /** Deletes what a process that was killed has left in the temporary folder, once it is an hour old. */
  removeLeftovers(): void {
    const before = this.#clock().getTime() - leftoverMs;
    for (const name of readdirSync(this.#temporary)) {
      const path = join(this.#temporary, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined && found.mtimeMs < before) rmSync(path, { force: true });
    }
  }
}

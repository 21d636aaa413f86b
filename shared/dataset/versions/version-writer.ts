import { createHash } from 'node:crypto';
import type { Audience } from '../../form/model.ts';
import { audiences } from '../../form/model.ts';
import type { ObjectBody, ObjectStore } from '../../objects/object-store.ts';
import { FileSink } from '../../zip/file-sink.ts';
import {
  versionFileKey,
  type FileEntry,
  type FileOwner,
  type Manifest,
} from './version-manifest.ts';

/** What a version holds does not agree with itself. Nothing was published. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

/** What was written, by whom it is for. */
export interface Entries {
  readonly audiences: Manifest['audiences'];
  readonly internal: readonly FileEntry[];
}

/** A file whose bytes its writer makes elsewhere; `rows` is for its writer to count. */
export interface BodyFile {
  rows: number;
}

/** Bytes made by a library, such as a zip archive's. */
export interface MadeBody {
  readonly name: string;
  readonly mediaType: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Is called when the file is given up: must end `body` and whatever feeds it. */
  readonly fail: (error: Error) => void;
}

interface OpenFile {
  readonly key: string;
  readonly owner: FileOwner;
  readonly stored: Promise<unknown>;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly drained: () => Promise<void>;
  readonly entry: () => FileEntry;
  completed?: FileEntry;
}

/** Where the files go, as far as writing them is concerned. */
export type FileStore = Pick<ObjectStore, 'put' | 'info'>;

/** The files of one version, stored while they are written. */
export class VersionWriter {
  readonly #objects: FileStore;
  readonly #prefix: readonly [datasetId: string, version: string];
  readonly #files: OpenFile[] = [];

  constructor(objects: FileStore, datasetId: string, version: string) {
    this.#objects = objects;
    this.#prefix = [datasetId, version];
  }

  open(owner: FileOwner, name: string, mediaType: string): FileSink {
    const sink = this.sink(owner, name, mediaType);
    this.#add(owner, name, mediaType, sink, {
      end: () => {
        sink.end();
      },
      fail: (error) => {
        sink.fail(error);
      },
      drained: () => sink.drained(),
      entry: () => {
        const { bytes, sha256, rows } = sink;
        return { name, mediaType, bytes, sha256, rows };
      },
    });
    return sink;
  }

  protected sink(_owner: FileOwner, name: string, mediaType: string): FileSink {
    return new FileSink(name, mediaType);
  }

  /** Stores bytes that come from elsewhere, which ends them by itself before `complete` or `finish`. */
  openBody(owner: FileOwner, { name, mediaType, body, fail }: MadeBody): BodyFile {
    const file: BodyFile = { rows: 0 };
    const hash = createHash('sha256');
    let bytes = 0;
    let sha256: string | undefined;
    async function* hashed(): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        yield chunk;
      }
    }
    this.#add(owner, name, mediaType, hashed(), {
      end: () => undefined,
      fail,
      drained: () => Promise.resolve(),
      entry: () => {
        sha256 ??= hash.digest('hex');
        return { name, mediaType, bytes, sha256, rows: file.rows };
      },
    });
    return file;
  }

  #add(
    owner: FileOwner,
    name: string,
    mediaType: string,
    body: ObjectBody,
    file: Omit<OpenFile, 'key' | 'owner' | 'stored'>,
  ): void {
    const key = versionFileKey(...this.#prefix, owner, name);
    if (this.#files.some((other) => other.key === key)) {
      throw new PublishError(`Two writers want the file ${name}.`);
    }
    const headers = {
      contentType: mediaType,
      contentDisposition: `attachment; filename="${name}"`,
    };
    const stored = this.#objects.put(key, body, headers).catch((error: unknown) => {
      file.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    // Awaited in complete, finish or abort; until then a failure is no unhandled one.
    stored.catch(() => undefined);
    this.#files.push({ ...file, key, owner, stored });
  }

  /** Waits until the store has kept up. Throws what storing has thrown. */
  async drained(): Promise<void> {
    for (const file of this.#files) await file.drained();
  }

  /**
   * Ends the files of one owner that are open, and reads back what the store has of them. Throws
   * PublishError when one is not there with as many bytes as were written.
   */
  async complete(owner: FileOwner): Promise<readonly FileEntry[]> {
    const files = this.#files.filter((file) => file.owner === owner);
    for (const { end } of files) end();
    for (const { stored } of files) await stored;
    const entries: FileEntry[] = [];
    for (const file of files) {
      const { key, entry } = file;
      if (file.completed !== undefined) {
        entries.push(file.completed);
        continue;
      }
      const made = entry();
      const info = await this.#objects.info(key);
      if (info?.bytes !== made.bytes) {
        throw new PublishError(`${key} has ${info?.bytes ?? 0} bytes, not ${made.bytes}.`);
      }
      file.completed = made;
      entries.push(made);
    }
    return entries;
  }

  /**
   * Ends all files. `rows` are the records that each audience sees; an audience without rows and
   * files is left out. Throws PublishError as `complete` does.
   */
  async finish(rows: ReadonlyMap<Audience, number>): Promise<Entries> {
    for (const { end } of this.#files) end();
    const entries: Entries['audiences'] = {};
    for (const audience of audiences) {
      const files = await this.complete(audience);
      const count = rows.get(audience);
      if (files.length === 0 && count === undefined) continue;
      entries[audience] = { rows: count ?? 0, files: [...files] };
    }
    return { audiences: entries, internal: await this.complete('internal') };
  }

  /** Gives up: no file is completed. */
  async abort(error: unknown): Promise<void> {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const { fail } of this.#files) fail(failure);
    await Promise.allSettled(this.#files.map(({ stored }) => stored));
  }
}

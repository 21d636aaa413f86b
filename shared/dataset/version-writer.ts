import type { Audience } from '../form/model.ts';
import { audiences } from '../form/model.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { FileSink } from './file-sink.ts';
import type { AudienceEntry } from './manifest.ts';

/** What a version holds does not agree with itself. Nothing was published. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

export function versionPrefix(datasetId: string, version: string): string {
  return `datasets/${datasetId}/${version}/`;
}

export function versionFileKey(
  datasetId: string,
  version: string,
  audience: Audience,
  file: string,
): string {
  return `${versionPrefix(datasetId, version)}${audience}/${file}`;
}

export type Entries = Partial<Record<Audience, AudienceEntry>>;

interface OpenFile {
  readonly key: string;
  readonly audience: Audience;
  readonly sink: FileSink;
  readonly stored: Promise<unknown>;
}

/** The files of one version, stored while they are written. */
export class VersionWriter {
  readonly #objects: ObjectStore;
  readonly #prefix: readonly [datasetId: string, version: string];
  readonly #files: OpenFile[] = [];

  constructor(objects: ObjectStore, datasetId: string, version: string) {
    this.#objects = objects;
    this.#prefix = [datasetId, version];
  }

  open(audience: Audience, name: string, mediaType: string): FileSink {
    const key = versionFileKey(...this.#prefix, audience, name);
    if (this.#files.some((file) => file.key === key)) {
      throw new PublishError(`Two writers want the file ${name}.`);
    }
    const sink = new FileSink(name, mediaType);
    const headers = {
      contentType: mediaType,
      contentDisposition: `attachment; filename="${name}"`,
    };
    const stored = this.#objects.put(key, sink, headers).catch((error: unknown) => {
      sink.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    // Awaited in finish or abort; until then a failure is no unhandled one.
    stored.catch(() => undefined);
    this.#files.push({ key, audience, sink, stored });
    return sink;
  }

  /** Waits until the store has kept up. Throws what storing has thrown. */
  async drained(): Promise<void> {
    for (const { sink } of this.#files) await sink.drained();
  }

  /**
   * Ends all files and reads back what the store has of them. `rows` are the records that each
   * audience sees; an audience without rows and files is left out. Throws PublishError when a file
   * is not there with as many bytes as were written.
   */
  async finish(rows: Partial<Record<Audience, number>>): Promise<Entries> {
    for (const { sink } of this.#files) sink.end();
    for (const { stored } of this.#files) await stored;
    const entries: Entries = {};
    for (const audience of audiences) {
      const files = this.#files.filter((file) => file.audience === audience);
      if (files.length === 0 && rows[audience] === undefined) continue;
      for (const { key, sink } of files) {
        const info = await this.#objects.info(key);
        if (info?.bytes !== sink.bytes) {
          throw new PublishError(`${key} has ${info?.bytes ?? 0} bytes, not ${sink.bytes}.`);
        }
      }
      entries[audience] = {
        rows: rows[audience] ?? 0,
        files: files.map(({ sink: { name, mediaType, bytes, sha256, rows: count } }) => ({
          name,
          mediaType,
          bytes,
          sha256,
          rows: count,
        })),
      };
    }
    return entries;
  }

  /** Gives up: no file is completed. */
  async abort(error: unknown): Promise<void> {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const { sink } of this.#files) sink.fail(failure);
    await Promise.allSettled(this.#files.map(({ stored }) => stored));
  }
}

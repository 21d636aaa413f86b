import { audiences } from '../../form/model.ts';
import { FileSink } from '../../zip/file-sink.ts';
import {
  type FileEntry,
  versionFileKey,
  versionPrefix,
  type FileOwner,
} from '../versions/version-manifest.ts';
import { VersionWriter, type BodyFile, type MadeBody } from '../versions/version-writer.ts';
import type { FilesState, FileState } from './part-state.ts';
import { PartStore, type JoiningStore } from './part-store.ts';
import { ResumableSha256 } from '../versions/resumable-sha256.ts';

const owners: readonly FileOwner[] = [...audiences, 'internal'];

/** Under which a version's parts lie until it is made. */
export function partsPrefix(datasetId: string, version: string): string {
  return `${versionPrefix(datasetId, version)}parts/`;
}

/** A file of which a part before has written the beginning: what its writer begins with is not written again. */
class PartSink extends FileSink {
  isMuted = false;

  override write(text: string): void {
    if (!this.isMuted) super.write(text);
  }

  override writeBytes(bytes: Uint8Array): void {
    if (!this.isMuted) super.writeBytes(bytes);
  }
}

interface OpenPart {
  readonly key: string;
  readonly sink: PartSink;
  readonly hash: ResumableSha256;
}

/** The files of a version as one part of it writes them: more of those that parts share, and whole ones. */
export class PartWriter extends VersionWriter {
  readonly #store: PartStore;
  readonly #whole: VersionWriter;
  readonly #before: FilesState['whole'];
  readonly #begun: ReadonlyMap<string, FileState>;
  readonly #keyOf: (owner: FileOwner, name: string) => string;
  readonly #open = new Map<string, OpenPart>();
  #hasBegun = false;

  /** `before`: what `save` gave of the part before; undefined: this is the first. */
  constructor(
    objects: JoiningStore,
    datasetId: string,
    version: string,
    { number, isLast }: { readonly number: number; readonly isLast: boolean },
    before: FilesState | undefined,
  ) {
    const prefix = versionPrefix(datasetId, version);
    const begun = new Map(
      Object.entries(before?.begun ?? {}).map(([file, state]) => [prefix + file, state]),
    );
    const partKey = (key: string): string =>
      `${partsPrefix(datasetId, version)}${number}/${key.slice(prefix.length)}`;
    const store = new PartStore(objects, partKey, isLast, begun);
    super(store, datasetId, version);
    this.#store = store;
    this.#whole = new VersionWriter(objects, datasetId, version);
    this.#before = before?.whole ?? [];
    this.#begun = begun;
    this.#keyOf = (owner, name) => versionFileKey(datasetId, version, owner, name);
  }

  protected override sink(owner: FileOwner, name: string, mediaType: string): FileSink {
    const key = this.#keyOf(owner, name);
    const before = this.#begun.get(key);
    const hash = new ResumableSha256(before?.hash);
    const sink = new PartSink(name, mediaType, { bytes: 0, rows: 0, ...before, hash });
    sink.isMuted = before !== undefined && !this.#hasBegun;
    this.#open.set(`${owner}/${name}`, { key, sink, hash });
    return sink;
  }

  /** All writers have written what their files begin with: rows come next. */
  begin(): void {
    this.#hasBegun = true;
    for (const { sink } of this.#open.values()) sink.isMuted = false;
  }

  /** A file that this part alone makes. */
  openWhole(owner: FileOwner, name: string, mediaType: string): FileSink {
    return this.#whole.open(owner, name, mediaType);
  }

  /** So are all files whose bytes come from elsewhere. */
  override openBody(owner: FileOwner, file: MadeBody): BodyFile {
    return this.#whole.openBody(owner, file);
  }

  override async drained(): Promise<void> {
    await super.drained();
    await this.#whole.drained();
  }

  override async complete(owner: FileOwner): Promise<readonly FileEntry[]> {
    const before = this.#before.filter((file) => file.owner === owner);
    const own = await super.complete(owner);
    return [...own, ...before.map(({ entry }) => entry), ...(await this.#whole.complete(owner))];
  }

  override async abort(error: unknown): Promise<void> {
    await this.#whole.abort(error);
    await super.abort(error);
  }

  /** Ends this part of all files, and says how the next one goes on with them. */
  async save(): Promise<FilesState> {
    const whole = [...this.#before];
    for (const owner of owners) {
      await super.complete(owner);
      for (const entry of await this.#whole.complete(owner)) whole.push({ owner, entry });
    }
    const begun = [...this.#open].map(([file, { key, sink, hash }]) => {
      const parts = [...this.#store.partsOf(key)];
      return [file, { bytes: sink.bytes, rows: sink.rows, hash: hash.save(), parts }] as const;
    });
    return { begun: Object.fromEntries(begun), whole };
  }
}

import { Fault } from '../fault.ts';
import type { ObjectHeaders, ObjectInfo, ObjectStore } from '../objects/object-store.ts';
import type { Contents } from './contents.ts';
import { eachAtOnce } from './each-at-once.ts';
import { writeLines, type LinesFacts } from './lines-file.ts';
import { entriesOf, type BackedUpObject } from './point.ts';

/** Objects under way at a time: most are small, and a store far away answers late. */
const width = 8;
/** How often an object is read again that is replaced while it is read. */
const attempts = 5;

export interface CopyReport {
  readonly list: LinesFacts;
  /** Of all objects in the list. */
  readonly bytes: number;
  /** Bytes that were not in the backup yet. */
  readonly copied: number;
  /** Keys of objects whose bytes are others than the store or their name says. */
  readonly damaged: readonly string[];
}

interface CopyDeps {
  readonly objects: ObjectStore;
  readonly contents: Contents;
  /** Lists of earlier copies, the likeliest first. */
  readonly known: readonly string[];
  /** Told how many more bytes have been seen to. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Copies what is under the prefixes, given in their order, and lists it in a new file. What is there
 * already is not read again. An object that goes meanwhile is left out.
 */
export async function copyObjects(
  { objects, contents, known, onBytes }: CopyDeps,
  prefixes: readonly string[],
  file: string,
): Promise<CopyReport> {
  const lists = known.map((path) => new KnownObjects(path));
  const damaged: string[] = [];
  let total = 0;
  let copied = 0;
  async function* lines(): AsyncGenerator<readonly string[]> {
    for (const prefix of prefixes) {
      for await (const page of objects.list(prefix)) {
        const pairs: { listed: ObjectInfo; before: BackedUpObject | undefined }[] = [];
        for (const listed of page) {
          let before: BackedUpObject | undefined;
          for (const list of lists) {
            const found = await list.find(listed.key);
            before ??= found;
          }
          pairs.push({ listed, before });
        }
        const made = await eachAtOnce(pairs, width, async ({ listed, before }) => {
          const copy = await copyObject(objects, contents, listed, before);
          onBytes(listed.bytes);
          return copy;
        });
        yield made.flatMap((copy) => {
          if (copy === undefined) return [];
          total += copy.entry.bytes;
          if (copy.isNew) copied += copy.entry.bytes;
          if (copy.isDamaged) damaged.push(copy.entry.key);
          return [JSON.stringify(copy.entry)];
        });
      }
    }
  }
  try {
    const list = await writeLines(file, lines());
    return { list, bytes: total, copied, damaged };
  } finally {
    for (const list of lists) await list.close();
  }
}

interface Copy {
  readonly entry: BackedUpObject;
  readonly isNew: boolean;
  readonly isDamaged: boolean;
}

/** Undefined: it has gone. Throws Fault `store-unavailable` when it is replaced again and again. */
async function copyObject(
  objects: ObjectStore,
  contents: Contents,
  listed: ObjectInfo,
  before: BackedUpObject | undefined,
): Promise<Copy | undefined> {
  let expected = listed;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { key, etag, bytes } = expected;
    if (before?.etag === etag && (await contents.has(before.sha256, bytes))) {
      return { entry: before, isNew: false, isDamaged: false };
    }
    const named = hashOf(expected);
    const isThere = named !== undefined && (await contents.has(named, bytes));
    const body = isThere ? undefined : await objects.get(key);
    if (!isThere && body === undefined) return undefined;
    const made = body === undefined ? { sha256: named ?? '', bytes } : await contents.add(body);
    // Asked after the bytes were read: they are what the store calls so only if it still does.
    const info = await objects.info(key);
    if (info === undefined) return undefined;
    if (info.etag === etag && info.bytes === made.bytes) {
      const entry = { key, ...made, etag, ...headersOf(info) };
      return { entry, isNew: !isThere, isDamaged: named !== undefined && named !== made.sha256 };
    }
    expected = info;
  }
  throw new Fault('store-unavailable');
}

/**
 * SHA-256 (hex) of an object's bytes if it can be known without reading them: a folder's etags are
 * that, and the names of attachments.
 */
function hashOf({ key, etag }: ObjectInfo): string | undefined {
  if (/^[0-9a-f]{64}$/.test(etag)) return etag;
  return /^attachments\/(?:[^/]+\/)+([0-9a-f]{64})$/.exec(key)?.[1];
}

function headersOf({
  contentType,
  cacheControl,
  contentDisposition,
}: ObjectHeaders): ObjectHeaders {
  return {
    contentType,
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(contentDisposition === undefined ? {} : { contentDisposition }),
  };
}

/**
 * What an earlier list says of objects that are asked for in the order of their keys, which is the
 * list's own: both are gone through once, side by side, and memory does not grow with them.
 */
class KnownObjects {
  readonly #entries: AsyncGenerator<BackedUpObject>;
  #current: BackedUpObject | undefined;
  #begun = false;

  constructor(file: string) {
    this.#entries = entriesOf(file);
  }

  /** Undefined: it is not in the list, or the list cannot be read on, and the object is copied anew. */
  async find(key: string): Promise<BackedUpObject | undefined> {
    while (!this.#begun || (this.#current !== undefined && this.#current.key < key)) {
      this.#begun = true;
      this.#current = await this.#next();
    }
    return this.#current?.key === key ? this.#current : undefined;
  }

  async close(): Promise<void> {
    await this.#entries.return(undefined);
  }

  async #next(): Promise<BackedUpObject | undefined> {
    try {
      const next = await this.#entries.next();
      return next.done === true ? undefined : next.value;
    } catch {
      return undefined;
    }
  }
}

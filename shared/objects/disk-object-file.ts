import { createHash, randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ownersFile } from '../owners-file.ts';
import type { ObjectBody, ObjectHeaders } from './object-store.ts';
import { Fault } from '../fault.ts';

/**
 * How an object lies on the disk: one file that begins with 1,024 bytes of description (a line of
 * JSON padded with spaces) and goes on with the object's bytes. One file, so that one rename replaces
 * bytes, headers and etag together and no crash leaves a pair that does not belong together; and the
 * description in front at a fixed length, so that bytes are read and served from a known offset.
 */
const descriptionBytes = 1024;

const Description = z.object({
  etag: z.string(),
  bytes: z.int(),
  contentType: z.string(),
  cacheControl: z.string().exactOptional(),
  contentDisposition: z.string().exactOptional(),
});
type Description = z.infer<typeof Description>;

/** Bytes gathered before they go to the disk. */
const chunkBytes = 256 * 1024;

/**
 * Writes an object to a new file in `folder` and makes it durable. Memory does not grow with the
 * body. A body that fails leaves no file behind.
 */
export async function writeTemporary(
  folder: string,
  body: ObjectBody,
  headers: ObjectHeaders,
): Promise<{ path: string; description: Description }> {
  const path = join(folder, randomUUID());
  const file = await open(path, 'wx', ownersFile);
  try {
    const description = await writeBody(file, body, headers);
    const text = JSON.stringify(description);
    if (Buffer.byteLength(text) >= descriptionBytes) throw new RangeError('Headers are too long.');
    const padding = ' '.repeat(descriptionBytes - 1 - Buffer.byteLength(text));
    await writeAll(file, Buffer.from(`${text}${padding}\n`), 0);
    await file.sync();
    await file.close();
    return { path, description };
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function writeBody(
  file: FileHandle,
  body: ObjectBody,
  headers: ObjectHeaders,
): Promise<Description> {
  const hash = createHash('sha256');
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.concat(waiting);
    await writeAll(file, chunk, descriptionBytes + bytes);
    hash.update(chunk);
    bytes += chunk.length;
    waiting = [];
    waitingBytes = 0;
  };
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= chunkBytes) await flush();
  }
  await flush();
  return { etag: hash.digest('hex'), bytes, ...headers };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    written += (await file.write(bytes, written, left, position + written)).bytesWritten;
  }
}

/**
 * Description and time of writing; undefined if the file is damaged there, which is as good as no
 * object: it may be written anew. Throws the file system's error if there is no such file.
 */
export function readDescription(
  path: string,
): (Description & { readonly modified: Date }) | undefined {
  const file = openSync(path, constants.O_RDONLY);
  try {
    const buffer = Buffer.alloc(descriptionBytes);
    readSync(file, buffer, 0, descriptionBytes, 0);
    const description = parseDescription(buffer);
    return description && { ...description, modified: fstatSync(file).mtime };
  } finally {
    closeSync(file);
  }
}

function parseDescription(buffer: Buffer): Description | undefined {
  try {
    return Description.safeParse(JSON.parse(buffer.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * The object's bytes from `start` to `end`, both included; undefined if its description is damaged. The file is opened now, so a reader goes on
 * with the bytes it began with when the object is replaced. What fits the first chunk is read at once
 * and leaves no file open.
 */
export async function openBytes(
  path: string,
  range: { readonly start: number; readonly end: number } | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await open(path, constants.O_RDONLY);
  let whole: boolean;
  let first: Buffer;
  let position: number;
  let end: number;
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(descriptionBytes), 0, descriptionBytes, 0);
    whole = parseDescription(buffer) !== undefined;
    position = descriptionBytes + (range?.start ?? 0);
    end = Math.min(size, range === undefined ? size : descriptionBytes + range.end + 1);
    first = await readAt(file, position, end);
    position += first.length;
  } catch (error) {
    await file.close();
    throw error;
  }
  if (!whole || position >= end) {
    await file.close();
    return whole ? single(first) : undefined;
  }
  return chunks(file, first, position, end);
}

async function readAt(file: FileHandle, position: number, end: number): Promise<Buffer> {
  const wanted = Math.max(0, Math.min(chunkBytes, end - position));
  if (wanted === 0) return Buffer.alloc(0);
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
  if (bytesRead === 0) throw new Error('An object is shorter than it was when it was opened.');
  return buffer.subarray(0, bytesRead);
}

async function* single(chunk: Buffer): AsyncGenerator<Uint8Array> {
  if (chunk.length > 0) yield await Promise.resolve(chunk);
}

async function* chunks(
  file: FileHandle,
  first: Buffer,
  from: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    let position = from;
    while (position < end) {
      const chunk = await readAt(file, position, end);
      position += chunk.length;
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** Makes what was renamed into `folder`, and folders made above it up to `top`, durable. */
export async function syncFolders(folder: string, top: string): Promise<void> {
  for (let path = folder; path.length >= top.length; path = dirname(path)) await syncFolder(path);
}

export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to sync it, and does not need to.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Errors of the file system and of the lock become Fault `store-unavailable`; others stay. */
export async function diskFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof Fault || typeof code !== 'string') throw error;
    throw new Fault('store-unavailable', { cause: error });
  }
}

/** The same, but undefined where nothing is. */
export function guarded<T>(work: () => Promise<T>): Promise<T | undefined> {
  return diskFaults(async () => {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  });
}

import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes kept in memory before a file is opened. */
const inMemory = 2 * 1024 * 1024;
const readSize = 256 * 1024;

/**
 * Bytes that must be known whole before they can be stored under a name made from their hash. Small
 * ones stay in memory, larger ones go to a temporary file that loses its name as soon as it is
 * open, so that a killed process leaves no answers behind.
 */
export class Spool {
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #written = 0;
  #file: FileHandle | undefined;

  get bytes(): number {
    return this.#written + this.#buffered;
  }

  /** The caller waits for each append before the next one. */
  async append(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#buffered += chunk.byteLength;
    if (this.#buffered < inMemory) return;
    const file = (this.#file ??= await openUnnamed());
    for (const part of this.#chunks) {
      await file.appendFile(part);
    }
    this.#written += this.#buffered;
    this.#chunks = [];
    this.#buffered = 0;
  }

  /** The bytes appended so far, or those from `start` to before `end`: can be read more than once. */
  async *read(start = 0, end = this.bytes): AsyncGenerator<Uint8Array> {
    const file = this.#file;
    let position = start;
    while (file !== undefined && position < Math.min(end, this.#written)) {
      const length = Math.min(readSize, Math.min(end, this.#written) - position);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written.');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    let before = this.#written;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(Math.max(0, start - before), Math.max(0, end - before));
      if (part.byteLength > 0) yield part;
      before += chunk.byteLength;
    }
  }

  async close(): Promise<void> {
    this.#chunks = [];
    await this.#file?.close();
    this.#file = undefined;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `fiche-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

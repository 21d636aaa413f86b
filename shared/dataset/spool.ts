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

  /** All bytes appended so far, from the first one: can be read more than once. */
  async *read(): AsyncGenerator<Uint8Array> {
    const file = this.#file;
    let position = 0;
    while (file !== undefined && position < this.#written) {
      const length = Math.min(readSize, this.#written - position);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written.');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    yield* this.#chunks;
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

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDurable } from './lines-file.ts';

/**
 * The bytes of objects in a folder, each once, whatever keys they have had at whatever time: a file is
 * named by SHA-256 (hex) of its bytes. It takes that name once it is whole and durable, so what has a
 * name is whole, unless the disk lost it.
 */
export class Contents {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  /** True if such a file is there, as long as it should be. */
  async has(sha256: string, bytes: number): Promise<boolean> {
    const found = await stat(this.pathOf(sha256)).catch(() => undefined);
    return found?.size === bytes;
  }

  async add(body: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }> {
    const temporary = join(this.#folder, `${randomUUID()}.part`);
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        await file.appendFile(chunk);
      }
      await file.sync();
      await file.close();
      const sha256 = hash.digest('hex');
      const path = this.pathOf(sha256);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      await makeDurable(dirname(path));
      return { sha256, bytes };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  read(sha256: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.pathOf(sha256));
  }

  /** Reads the whole file. `damaged`: its bytes are others than its name says. */
  async check(sha256: string): Promise<'whole' | 'missing' | 'damaged'> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of this.read(sha256)) hash.update(chunk);
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return isMissing ? 'missing' : 'damaged';
    }
    return hash.digest('hex') === sha256 ? 'whole' : 'damaged';
  }

  /** Takes away the name of a damaged file, so that the next backup copies it again. */
  async setAside(sha256: string): Promise<void> {
    await rename(this.pathOf(sha256), `${this.pathOf(sha256)}.damaged`);
  }
}

import { _SHA256 } from '@noble/hashes/sha2.js';
import * as z from 'zod';

/** A SHA-256 under way: bytes taken in so far, and the eight words and the rest of a block (base64). */
export const HashState = z.object({ length: z.int().min(0), state: z.base64() });
export type HashState = z.infer<typeof HashState>;

const wordBytes = 4;
const words = 8;

/**
 * The library's, which keeps what it knows in fields: Node's own cannot be put down and taken up again.
 * Made when first needed, as the library is loaded then.
 */
const openSha256 = () =>
  class OpenSha256 extends _SHA256 {
    save(): HashState {
      const state = Buffer.alloc(words * wordBytes + this.pos);
      for (const [index, word] of this.get().entries()) state.writeInt32BE(word, index * wordBytes);
      state.set(this.buffer.subarray(0, this.pos), words * wordBytes);
      return { length: this.length, state: state.toString('base64') };
    }

    load({ length, state }: HashState): void {
      const bytes = Buffer.from(state, 'base64');
      const word = (index: number): number => bytes.readInt32BE(index * wordBytes);
      this.set(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
      const rest = bytes.subarray(words * wordBytes);
      this.buffer.set(rest);
      this.pos = rest.length;
      this.length = length;
    }
  };

let known: ReturnType<typeof openSha256> | undefined;

/** A SHA-256 that one process begins and another one goes on with. */
export class ResumableSha256 {
  readonly #hash = new (known ??= openSha256())();

  constructor(before?: HashState) {
    if (before !== undefined) this.#hash.load(before);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  save(): HashState {
    return this.#hash.save();
  }

  /** Of what was taken in so far, hexadecimal. */
  digest(): string {
    return Buffer.from(this.#hash.clone().digest()).toString('hex');
  }
}

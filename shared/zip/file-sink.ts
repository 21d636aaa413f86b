import { createHash } from 'node:crypto';

/** What a file has already, of which the bytes to come are the rest. */
export interface SinkStart {
  readonly bytes: number;
  readonly rows: number;
  readonly hash: { update(bytes: Uint8Array): unknown; digest(encoding: 'hex'): string };
}

/** Characters gathered before they become bytes: few enough to stay in the processor's cache. */
const pieceCharacters = 8 * 1024;
/** Bytes of a block; a character takes three at most (a surrogate pair four). */
const blockBytes = 256 * 1024;
const mostBytesOf = (text: string): number => 3 * text.length;
/** Blocks that wait to be stored before writers are asked to pause. */
const mostWaiting = 2;

/**
 * One file in the making: text or bytes go in, hashed blocks come out as the store asks for them.
 * Writing never waits, so that a row costs no promise; whoever writes calls `drained` now and then.
 */
export class FileSink implements AsyncIterable<Uint8Array> {
  readonly name: string;
  readonly mediaType: string;
  /** Rows of the table (features of a map), counted by the writer. */
  rows: number;
  #text = '';
  #block = Buffer.alloc(0);
  #filled = 0;
  #bytes: number;
  readonly #hash: SinkStart['hash'];
  #waiting: Uint8Array[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #sha256: string | undefined;

  constructor(
    name: string,
    mediaType: string,
    { bytes, rows, hash }: SinkStart = { bytes: 0, rows: 0, hash: createHash('sha256') },
  ) {
    this.name = name;
    this.mediaType = mediaType;
    this.#bytes = bytes;
    this.rows = rows;
    this.#hash = hash;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get sha256(): string {
    return (this.#sha256 ??= this.#hash.digest('hex'));
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= pieceCharacters) this.#encode();
  }

  /** Bytes that the caller does not change any more. */
  writeBytes(bytes: Uint8Array): void {
    this.#encode();
    this.#cut();
    this.#pass(bytes);
  }

  /** How many bytes have been written so far: where what comes next will begin. */
  position(): number {
    this.#encode();
    return this.#bytes + this.#filled;
  }

  end(): void {
    if (this.#ended) return;
    this.#encode();
    this.#cut();
    this.#ended = true;
    this.#wake?.();
  }

  /** Ends it as broken: the store's reader gets the error and stores nothing. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
    this.#drained?.();
  }

  /** Resolves when few enough blocks wait. Throws what storing has thrown. */
  async drained(): Promise<void> {
    while (this.#waiting.length > mostWaiting && this.#failure === undefined) {
      await new Promise<void>((resolve) => (this.#drained = resolve));
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const blocks = this.#waiting;
      if (blocks.length > 0) {
        this.#waiting = [];
        this.#drained?.();
        yield* blocks;
      } else if (this.#ended) {
        return;
      } else {
        // Nothing may come between the look at the blocks and this: it would not wake anyone.
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  /** Straight into the block: a buffer made for each piece would cost another pass over it. */
  #encode(): void {
    if (this.#block.length - this.#filled < mostBytesOf(this.#text)) {
      this.#cut();
      this.#block = Buffer.allocUnsafeSlow(Math.max(blockBytes, mostBytesOf(this.#text)));
    }
    this.#filled += this.#block.write(this.#text, this.#filled);
    this.#text = '';
  }

  #cut(): void {
    if (this.#filled === 0) return;
    const block = this.#block.subarray(0, this.#filled);
    this.#block = Buffer.alloc(0);
    this.#filled = 0;
    this.#pass(block);
  }

  #pass(block: Uint8Array): void {
    this.#hash.update(block);
    this.#bytes += block.byteLength;
    this.#waiting.push(block);
    this.#wake?.();
  }
}

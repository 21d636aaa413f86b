import { createHash } from 'node:crypto';

/** Characters gathered before they become bytes. */
const blockCharacters = 128 * 1024;
/** Blocks that wait to be stored before writers are asked to pause. */
const mostWaiting = 3;

/**
 * One file in the making: text goes in, hashed blocks of UTF-8 come out as the store asks for them.
 * Writing never waits, so that a row costs no promise; whoever writes calls `drained` now and then.
 */
export class FileSink implements AsyncIterable<Uint8Array> {
  readonly name: string;
  readonly mediaType: string;
  /** Rows of the table (features of a map), counted by the writer. */
  rows = 0;
  #text = '';
  #bytes = 0;
  readonly #hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #sha256: string | undefined;

  constructor(name: string, mediaType: string) {
    this.name = name;
    this.mediaType = mediaType;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get sha256(): string {
    return (this.#sha256 ??= this.#hash.digest('hex'));
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= blockCharacters) this.#cut();
  }

  end(): void {
    if (this.#text !== '') this.#cut();
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
      this.#waiting = [];
      this.#drained?.();
      yield* blocks;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #cut(): void {
    const block = Buffer.from(this.#text);
    this.#text = '';
    this.#hash.update(block);
    this.#bytes += block.byteLength;
    this.#waiting.push(block);
    this.#wake?.();
  }
}

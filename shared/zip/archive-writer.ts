import { archive, type ArchiveEntry } from './archive.ts';
import { Measure, deflated, deflatedWhole } from './deflated.ts';
import { FileSink } from './file-sink.ts';
import { Spool } from './spool.ts';

interface Held {
  readonly name: string;
  readonly measure: Measure;
  readonly spool: Spool;
  /** Resolves when all of it is in the spool. */
  readonly spooled: Promise<void>;
}

/**
 * A ZIP archive whose files are written all at the same time, in the way of FileSink. In an archive
 * one file follows another: the one that is passed on goes straight to the store, the others wait in
 * a spool, deflated already.
 */
export class ArchiveWriter {
  /** The archive's bytes. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly #passed: ArchiveEntry[] = [];
  readonly #held: Held[] = [];
  readonly #sinks: FileSink[] = [];
  #next = 0;
  #ended = false;
  #done = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor() {
    this.body = archive(this.#entries());
  }

  /** A file that is passed on while it is written: whoever opens another one has ended this. */
  pass(name: string): FileSink {
    const sink = this.#sinkOf(name);
    this.#pass({ name, compression: 'deflated', body: sink });
    return sink;
  }

  /** A small file that is known whole: a stream for it would cost a hundred times as much. */
  put(name: string, text: string): void {
    this.#pass({ name, compression: 'deflated', ...deflatedWhole(Buffer.from(text)) });
  }

  #pass(entry: ArchiveEntry): void {
    this.#passed.push(entry);
    this.#wake?.();
  }

  /** A file that waits for those that are passed on. */
  hold(name: string): FileSink {
    const sink = this.#sinkOf(name);
    const measure = new Measure();
    const spool = new Spool();
    const spooled = spoolAll(deflated(sink, measure), spool);
    // A full disk must end the archive, though nobody asks for this file yet.
    spooled.catch((error: unknown) => {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#held.push({ name, measure, spool, spooled });
    return sink;
  }

  #sinkOf(name: string): FileSink {
    const sink = new FileSink(name, '');
    if (this.#failure !== undefined) sink.fail(this.#failure);
    this.#sinks.push(sink);
    return sink;
  }

  /** Waits until store and spools have kept up. Throws what storing has thrown. */
  async drained(): Promise<void> {
    for (const sink of this.#sinks) await sink.drained();
  }

  /** Ends all its files and the archive itself. */
  end(): void {
    for (const sink of this.#sinks) sink.end();
    this.#ended = true;
    this.#wake?.();
  }

  /** Gives it up: who reads it, and who writes its files, gets the error. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const sink of this.#sinks) sink.fail(error);
    this.#wake?.();
    void this.#close();
  }

  async *#entries(): AsyncGenerator<ArchiveEntry> {
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure;
        const entry = this.#passed[this.#next];
        if (entry !== undefined) {
          this.#next += 1;
          yield entry;
        } else if (this.#ended) {
          break;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
      for (const { name, measure, spool, spooled } of this.#held) {
        await spooled;
        yield { name, compression: 'deflated', body: spool.read(), packed: measure.sizes };
      }
      await this.#close();
      this.#done = true;
    } finally {
      // Who leaves off reading must not leave those behind who write.
      if (!this.#done) this.fail(new Error('Nobody reads this archive any more.'));
    }
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#held.map(({ spooled }) => spooled));
    for (const { spool } of this.#held) await spool.close();
  }
}

async function spoolAll(chunks: AsyncIterable<Uint8Array>, spool: Spool): Promise<void> {
  for await (const chunk of chunks) await spool.append(chunk);
}

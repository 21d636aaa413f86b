import * as z from 'zod';

/** The internal file of a version that says what the public has seen of whom, in this version and before. */
export const disclosedFileName = 'disclosed.tsv';

const Named = z.array(z.tuple([z.string(), z.int()]));

/** Its first line. */
export const DisclosedHead = z.object({
  /** Levels of the quasi-identifiers, by their name. */
  levels: Named,
  /** Stands for all that the version was decided by; '': nothing was published by it. */
  inputs: z.string().default(''),
  /** What the public saw of each question in each version of the form, and of the records themselves. */
  shown: z.record(z.string(), z.string()),
  /** `kept`: the public files are those of the version before, for these would show too much; `none`: there are none. */
  files: z.enum(['own', 'kept', 'none']),
});
export type DisclosedHead = z.infer<typeof DisclosedHead>;

/** What the public has seen of a record. */
export interface Disclosed {
  /** The public id. */
  readonly id: string;
  readonly isPublished: boolean;
  /** Name of the class in which it was published last: see QuasiIdentifiers.nameOf. */
  readonly name: string;
  /** Stands for its other public answers then: see QuasiIdentifiers.contentOf. */
  readonly content: string;
  /** The same for records that have been published, changed and left out together in every version; '': it never was published. */
  readonly history: string;
}

export function disclosedLine(disclosed: Disclosed): string {
  const { id, isPublished, name, content, history } = disclosed;
  return `${[id, isPublished ? 1 : 0, name, content, history].join('\t')}\n`;
}

/** Reads such a file alongside the records: both are in the order of public ids. */
export class DisclosedReader {
  readonly head: DisclosedHead;
  readonly #lines: AsyncIterator<string>;
  #held = new Map<string, Disclosed>();
  #next: Disclosed | undefined;
  #ended = false;

  private constructor(head: DisclosedHead, lines: AsyncIterator<string>) {
    this.head = head;
    this.#lines = lines;
  }

  /** Undefined: there is no such file, or none that can be read. */
  static async open(
    bytes: AsyncIterable<Uint8Array> | undefined,
  ): Promise<DisclosedReader | undefined> {
    if (bytes === undefined) return undefined;
    const lines = linesOf(bytes);
    const first = await lines.next();
    if (first.done === true) return undefined;
    return new DisclosedReader(DisclosedHead.parse(JSON.parse(first.value)), lines);
  }

  /** Makes ready what is known of records after those of the last call, up to this one. */
  async upTo(id: string): Promise<void> {
    this.#held = new Map();
    for (;;) {
      if (this.#next === undefined && !this.#ended) this.#next = await this.#read();
      if (this.#next === undefined || this.#next.id > id) return;
      this.#held.set(this.#next.id, this.#next);
      this.#next = undefined;
    }
  }

  /** Leaves out, unread, what is known of records up to this one. */
  async skip(id: string): Promise<void> {
    for (;;) {
      if (this.#next === undefined && !this.#ended) this.#next = await this.#read();
      if (this.#next === undefined || this.#next.id > id) return;
      this.#next = undefined;
    }
  }

  of(id: string): Disclosed | undefined {
    return this.#held.get(id);
  }

  /** Each record that the last `upTo` made ready. */
  held(): Iterable<Disclosed> {
    return this.#held.values();
  }

  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  async #read(): Promise<Disclosed | undefined> {
    const line = await this.#lines.next();
    if (line.done === true) {
      this.#ended = true;
      return undefined;
    }
    const [id = '', isPublished, name = '', content = '', history = ''] = line.value.split('\t');
    return { id, isPublished: isPublished === '1', name, content, history };
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

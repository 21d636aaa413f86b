import * as z from 'zod';

/** The internal file of a version that says what it tells the public of whom. */
export const toldFileName = 'told.tsv';

const Named = z.array(z.tuple([z.string(), z.int()]));

/** Its first line. */
export const ToldHead = z.object({
  /** Levels of the quasi-identifiers, by their name. */
  levels: Named,
  /** The same of earlier versions, as long as records may have been told of at them; newest first. */
  history: z.array(Named),
  /** What the public saw of each question in each version of the form, and of the records themselves. */
  shown: z.record(z.string(), z.string()),
  /** `kept`: the public files are those of the version before, as too much would be withheld; `none`: there are none. */
  files: z.enum(['own', 'kept', 'none']),
});
export type ToldHead = z.infer<typeof ToldHead>;

/** What was told of a record: names of combinations (see Combinations.nameOf). */
export interface Told {
  readonly id: string;
  /** Of the record in the public files; 0: it is in none. */
  readonly revision: number;
  /** What the public files say of it; '': nothing. */
  readonly shownAs: string;
  /** What was last told of it that was new; '': nothing ever. */
  readonly toldAs: string;
}

/** One line for each record; most say `=` for what is told as it was. */
export function toldLine({ id, revision, shownAs, toldAs }: Told): string {
  return `${id}\t${revision}\t${shownAs}\t${toldAs === shownAs ? '=' : toldAs}\n`;
}

/** Reads a told file alongside the records that it tells of: both are in the order of public ids. */
export class ToldReader {
  readonly head: ToldHead;
  readonly #lines: AsyncIterator<string>;
  #held = new Map<string, Told>();
  #next: Told | undefined;
  #ended = false;

  private constructor(head: ToldHead, lines: AsyncIterator<string>) {
    this.head = head;
    this.#lines = lines;
  }

  /** Undefined: there is no such file, or none that can be read. */
  static async open(bytes: AsyncIterable<Uint8Array> | undefined): Promise<ToldReader | undefined> {
    if (bytes === undefined) return undefined;
    const lines = linesOf(bytes);
    const first = await lines.next();
    if (first.done === true) return undefined;
    return new ToldReader(ToldHead.parse(JSON.parse(first.value)), lines);
  }

  /** Makes ready what is told of records after those of the last call, up to this one. */
  async upTo(id: string): Promise<void> {
    this.#held = new Map();
    for (;;) {
      if (this.#next === undefined && !this.#ended) this.#next = await this.#read();
      if (this.#next === undefined || this.#next.id > id) return;
      this.#held.set(this.#next.id, this.#next);
      this.#next = undefined;
    }
  }

  /** Leaves out, unread, what is told of records up to this one. */
  async skip(id: string): Promise<void> {
    for (;;) {
      if (this.#next === undefined && !this.#ended) this.#next = await this.#read();
      if (this.#next === undefined || this.#next.id > id) return;
      this.#next = undefined;
    }
  }

  /** What is told of a record. */
  of(id: string): Told | undefined {
    return this.#held.get(id);
  }

  /** Each record that the last `upTo` made ready. */
  held(): Iterable<Told> {
    return this.#held.values();
  }

  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  async #read(): Promise<Told | undefined> {
    const line = await this.#lines.next();
    if (line.done === true) {
      this.#ended = true;
      return undefined;
    }
    const [id = '', revision = '0', shownAs = '', toldAs = ''] = line.value.split('\t');
    return { id, revision: Number(revision), shownAs, toldAs: toldAs === '=' ? shownAs : toldAs };
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

import { readLines } from './lines-file.ts';
import { BackedUpObject } from './point.ts';

/**
 * What an earlier list says of objects that are asked for in the order of their keys, which is the
 * list's own: both are gone through once, side by side, and memory does not grow with them.
 */
export class KnownObjects {
  readonly #entries: AsyncGenerator<BackedUpObject>;
  #current: BackedUpObject | undefined;
  #begun = false;

  constructor(file: string) {
    this.#entries = entriesOf(file);
  }

  /** Undefined: it is not in the list, or the list cannot be read on, and the object is copied anew. */
  async find(key: string): Promise<BackedUpObject | undefined> {
    while (!this.#begun || (this.#current !== undefined && this.#current.key < key)) {
      this.#begun = true;
      this.#current = await this.#next();
    }
    return this.#current?.key === key ? this.#current : undefined;
  }

  async close(): Promise<void> {
    await this.#entries.return(undefined);
  }

  async #next(): Promise<BackedUpObject | undefined> {
    try {
      const next = await this.#entries.next();
      return next.done === true ? undefined : next.value;
    } catch {
      return undefined;
    }
  }
}

/** The objects of a list. Throws what reading throws, ZodError or SyntaxError on a line that is none. */
export async function* entriesOf(file: string): AsyncGenerator<BackedUpObject> {
  for await (const lines of readLines(file)) {
    for (const line of lines) yield BackedUpObject.parse(JSON.parse(line));
  }
}

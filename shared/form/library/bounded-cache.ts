/** A value, and how much it counts against the cache's limit: bytes, as near as they are known. */
export interface Weighed<T> {
  readonly value: T;
  readonly weight: number;
}

interface Entry<T> {
  readonly value: Promise<T>;
  /** 0 until it is known. */
  weight: number;
}

/**
 * Immutable values by key, so that none is ever stale. The least recently used ones go first, as soon
 * as there are more than `entries` or all together weigh more than `weight`; the newest one stays
 * however heavy it is.
 */
export class BoundedCache<T> {
  readonly #most: { readonly entries: number; readonly weight: number };
  /** Promises, so that many requests for what is not here make it once. */
  readonly #entries = new Map<string, Entry<T>>();
  #weight = 0;

  constructor(most: { readonly entries: number; readonly weight: number }) {
    this.#most = most;
  }

  /** The value of that key, made if it is not here. A failure is not kept. */
  async get(key: string, make: () => Promise<Weighed<T>>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const made = make();
    const entry: Entry<T> = {
      value: made.then(({ value, weight }) => {
        if (this.#entries.get(key) === entry) this.#weigh(entry, weight);
        return value;
      }),
      weight: 0,
    };
    this.#entries.set(key, entry);
    try {
      return await entry.value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** Keeps a value that has been made already. */
  put(key: string, { value, weight }: Weighed<T>): void {
    const known = this.#entries.get(key);
    if (known !== undefined) this.#drop(key, known);
    const entry: Entry<T> = { value: Promise.resolve(value), weight: 0 };
    this.#entries.set(key, entry);
    this.#weigh(entry, weight);
  }

  #weigh(entry: Entry<T>, weight: number): void {
    entry.weight = weight;
    this.#weight += weight;
    for (const [key, oldest] of this.#entries) {
      const fits = this.#entries.size <= this.#most.entries && this.#weight <= this.#most.weight;
      if (fits || this.#entries.size === 1) return;
      if (oldest !== entry) this.#drop(key, oldest);
    }
  }

  #drop(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}

import type { FormModel } from './model.ts';

/** Models by object key: immutable, so that none is ever stale. The least recently used one goes first. */
export class ModelCache {
  readonly #limit: number;
  /** Promises, so that many requests for a form that is not here compile it once. */
  readonly #models = new Map<string, Promise<FormModel>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async get(key: string, make: () => Promise<FormModel>): Promise<FormModel> {
    const model = this.#models.get(key) ?? make();
    this.#models.delete(key);
    this.#models.set(key, model);
    const [oldest] = this.#models.keys();
    if (this.#models.size > this.#limit && oldest !== undefined) this.#models.delete(oldest);
    try {
      return await model;
    } catch (error) {
      if (this.#models.get(key) === model) this.#models.delete(key);
      throw error;
    }
  }
}

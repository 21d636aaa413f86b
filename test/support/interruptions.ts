import { Fault } from '../../shared/fault.ts';

/** What is to happen at the n-th operation (from 1) of the stores that share an `Interruptions`. */
export interface Interruption {
  readonly at: number;
  /** `before`: the store fails and does nothing. `after`: it does it, and its answer is lost. */
  readonly fail?: 'before' | 'after';
  /** Something else that happens just before the operation takes effect. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Counts the operations of one or more stores, and fails or delays one of them. */
export class Interruptions {
  #planned: Interruption | undefined;
  #count = 0;
  #reached = false;

  /** Counts from 1 again. Undefined: nothing happens. */
  plan(interruption: Interruption | undefined): void {
    this.#planned = interruption;
    this.#count = 0;
    this.#reached = false;
  }

  /** How many operations there were since the plan was made. */
  get count(): number {
    return this.#count;
  }

  /** Ends the plan. True if there were as many operations as it wanted. */
  end(): boolean {
    this.#planned = undefined;
    return this.#reached;
  }

  async around<T>(operation: () => T): Promise<T> {
    this.#count += 1;
    const planned = this.#planned?.at === this.#count ? this.#planned : undefined;
    if (planned !== undefined) {
      this.#planned = undefined;
      this.#reached = true;
      await planned.meanwhile?.();
    }
    // As from a real store, the answer comes in a later turn: others get in between.
    await Promise.resolve();
    if (planned?.fail === 'before') throw new Fault('store-unavailable');
    const answer = operation();
    if (planned?.fail === 'after') throw new Fault('store-unavailable');
    await Promise.resolve();
    return answer;
  }
}

/**
 * Plays a round with an interruption at the first operation, then one with it at the second, and so
 * on, until a round has no operation left to interrupt. `round` says whether it was reached.
 */
export async function atEveryOperation(round: (at: number) => Promise<boolean>): Promise<void> {
  let at = 1;
  while (await round(at)) at += 1;
}

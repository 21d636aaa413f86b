import { AsyncLocalStorage } from 'node:async_hooks';

const running = new AsyncLocalStorage<AbortSignal>();

/** Runs the work of one invocation: whatever it comes to call finds `signal` as its own. */
export function invoke<T>(signal: AbortSignal, work: () => T): T {
  return running.run(signal, work);
}

/** Aborts when the invocation that calls this has to answer; undefined outside of invocations. */
export function invocationSignal(): AbortSignal | undefined {
  return running.getStore();
}

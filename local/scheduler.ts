import { setTimeout as pause } from 'node:timers/promises';

/** Work that is done again and again until it is stopped. */
export interface Schedule {
  stop(): void;
}

/**
 * Does `work` now and again `seconds` after it has ended, so that it never runs twice at once. With
 * 0 seconds it does nothing. What `work` throws goes to `report` and ends nothing.
 */
export function schedule(
  seconds: number,
  work: () => Promise<void>,
  report: (error: unknown) => void,
): Schedule {
  const ending = new AbortController();
  const { signal } = ending;
  const turns = async (): Promise<void> => {
    while (!signal.aborted) {
      await work().catch(report);
      // Rejects when it is stopped meanwhile, which ends the loop like any other turn.
      await pause(seconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  };
  if (seconds > 0) void turns();
  return {
    stop: () => {
      ending.abort();
    },
  };
}

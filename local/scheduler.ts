import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';

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

const dayMs = 24 * 60 * 60 * 1000;

/** Milliseconds from `now` until that hour strikes next, by this machine's clock. */
export function untilHour(now: Date, hour: number): number {
  const next = new Date(now);
  next.setHours(hour, 0, 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return Math.min(next.getTime() - now.getTime(), dayMs + dayMs / 24);
}

/** Does `work` every day at that hour, until it is stopped. What it throws goes to `report`. */
export function everyDay(
  clock: Clock,
  hour: number,
  work: () => Promise<void>,
  report: (error: unknown) => void,
): Schedule {
  const ending = new AbortController();
  const { signal } = ending;
  const days = async (): Promise<void> => {
    for (;;) {
      await pause(untilHour(clock(), hour), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
      if (signal.aborted) return;
      await work().catch(report);
    }
  };
  void days();
  return {
    stop: () => {
      ending.abort();
    },
  };
}

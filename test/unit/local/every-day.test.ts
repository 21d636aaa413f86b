import { describe, expect, it } from 'vitest';
import { everyDay, untilHour } from '../../../local/scheduler.ts';

describe('the time until an hour strikes', () => {
  it.each([
    [new Date(2026, 0, 15, 1, 30), 3, 90],
    [new Date(2026, 0, 15, 3, 0), 3, 24 * 60],
    [new Date(2026, 0, 15, 23, 59), 0, 1],
  ])('is, at %s until %i, %i minutes', (now, hour, minutes) => {
    expect(untilHour(now, hour)).toBe(minutes * 60_000);
  });
});

describe('work of every day', () => {
  it('is done when its hour strikes, again and again, though it fails, until it is stopped', async () => {
    const errors: unknown[] = [];
    let done = 0;
    // Each look at the clock is a millisecond before three.
    const clock = () => new Date(2026, 0, 15 + done, 2, 59, 59, 999);
    await new Promise<void>((resolve) => {
      const schedule = everyDay(
        clock,
        3,
        () => {
          done += 1;
          if (done < 3) return Promise.reject(new Error('no'));
          schedule.stop();
          resolve();
          return Promise.resolve();
        },
        (error) => errors.push(error),
      );
    });
    expect([done, errors.length]).toEqual([3, 2]);
  });
});

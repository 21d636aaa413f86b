import { describe, expect, it } from 'vitest';
import { everyDay, schedule, untilHour, type Schedule } from '../../../local/scheduler.ts';

const seconds = 0.001;

/** Runs a schedule until its work has been done `turns` times. */
async function turnsOf(turns: number, work: (turn: number) => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  let done = 0;
  let started: Schedule | undefined;
  await new Promise<void>((resolve) => {
    started = schedule(
      seconds,
      async () => {
        done += 1;
        if (done === turns) resolve();
        await work(done);
      },
      (error) => errors.push(error),
    );
  });
  started?.stop();
  return errors;
}

describe('a schedule', () => {
  it('does its work again and again, never twice at once', async () => {
    let under = 0;
    let most = 0;
    await turnsOf(5, async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    });
    expect(most).toBe(1);
  });

  it('goes on after its work has failed, and says so', async () => {
    const errors = await turnsOf(3, (turn) =>
      turn === 1 ? Promise.reject(new Error('Once.')) : Promise.resolve(),
    );
    expect(errors).toHaveLength(1);
  });

  it('does nothing with 0 seconds, and nothing once it is stopped', () => {
    let done = 0;
    const work = () => {
      done += 1;
      return Promise.resolve();
    };
    schedule(0, work, () => undefined).stop();
    expect(done).toBe(0);
    schedule(3600, work, () => undefined).stop();
    expect(done).toBe(1);
  });
});

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
      const days = everyDay(
        clock,
        3,
        () => {
          done += 1;
          if (done < 3) return Promise.reject(new Error('no'));
          days.stop();
          resolve();
          return Promise.resolve();
        },
        (error) => errors.push(error),
      );
    });
    expect([done, errors.length]).toEqual([3, 2]);
  });
});

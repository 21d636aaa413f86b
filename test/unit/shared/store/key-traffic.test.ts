import { describe, expect, it } from 'vitest';
import { deadline, playTraffic } from '../../../bench/key-traffic.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const mostPerPartition = 1_000;
const lastSeconds = { ...deadline, seconds: 2 };

describe('the last minute before a deadline, of 10⁸ submissions a year', () => {
  it.each([
    ['5,000 organisations', 5_000],
    ['one sender: a form for anyone', 1],
  ])(
    'asks no partition for more than it gives, with the shards of docs/scale.md: %s',
    (_, organisations) => {
      const peaks = playTraffic({ ...lastSeconds, shards: 256, organisations });
      expect(peaks.table).toBeGreaterThan(100);
      for (const peak of [peaks.table, peaks.byOrganisation, peaks.inbox]) {
        expect(peak).toBeLessThan(mostPerPartition);
      }
    },
  );

  it('would ask too much of a form with few', () => {
    expect(playTraffic({ ...lastSeconds, shards: 4, organisations: 5_000 }).table).toBeGreaterThan(
      mostPerPartition,
    );
  });

  it('is the same minute every time', () => {
    const short = { ...lastSeconds, seconds: 1, perSecond: 500, shards: 16, organisations: 50 };
    expect(playTraffic(short)).toEqual(playTraffic(short));
  });
});

describe('a million submissions a year', () => {
  it('meet their deadline with the shards that a form has by default', () => {
    const traffic = { ...deadline, perSecond: deadline.perSecond / 100, seconds: 10, shards: 4 };
    expect(playTraffic({ ...traffic, organisations: 500 }).table).toBeLessThan(mostPerPartition);
  });
});

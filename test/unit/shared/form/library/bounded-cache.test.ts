import { describe, expect, it } from 'vitest';
import { BoundedCache, type Weighed } from '../../../../../shared/form/library/bounded-cache.ts';

const many = { entries: 100, weight: 1000 };

describe('BoundedCache', () => {
  const counting = (weight = 1) => {
    const asked: string[] = [];
    const make = (key: string) => (): Promise<Weighed<string>> => {
      asked.push(key);
      return Promise.resolve({ value: `made of ${key}`, weight });
    };
    return { asked, make };
  };

  it.each([
    ['number', { entries: 2, weight: 1000 }, 1],
    ['weight', { entries: 100, weight: 25 }, 10],
  ] as const)(
    'forgets what was used least recently when it is full by %s',
    async (_, most, weight) => {
      const cache = new BoundedCache<string>(most);
      const { asked, make } = counting(weight);
      for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
        expect(await cache.get(key, make(key))).toBe(`made of ${key}`);
      }
      expect(asked).toEqual(['a', 'b', 'c', 'b']);
    },
  );

  it('keeps the newest one, however heavy it is', async () => {
    const cache = new BoundedCache<string>({ entries: 100, weight: 5 });
    const { asked, make } = counting(50);
    for (const key of ['a', 'a', 'b', 'b']) await cache.get(key, make(key));
    expect(asked).toEqual(['a', 'b']);
  });

  it('makes a value once, however many ask for it at the same time', async () => {
    const cache = new BoundedCache<string>(many);
    const { asked, make } = counting();
    await Promise.all(Array.from({ length: 9 }, () => cache.get('a', make('a'))));
    expect(asked).toEqual(['a']);
  });

  it('does not make what was put there', async () => {
    const cache = new BoundedCache<string>(many);
    cache.put('a', { value: 'old', weight: 1 });
    cache.put('a', { value: 'put', weight: 1 });
    expect(await cache.get('a', counting().make('a'))).toBe('put');
  });

  it('does not keep a failure, which everyone who waited hears of', async () => {
    const cache = new BoundedCache<string>(many);
    const failing = () => Promise.reject(new Error('lost'));
    const results = await Promise.allSettled([cache.get('x', failing), cache.get('x', failing)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('x', counting().make('x'))).toBe('made of x');
  });
});

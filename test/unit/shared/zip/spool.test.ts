import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../../../shared/zip/spool.ts';

describe('a spool', () => {
  it.each([0, 10, 2_000_000, 5_000_001])(
    'gives back %i bytes as they came, twice',
    async (size) => {
      const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
      const spool = new Spool();
      for (let at = 0; at < size; at += 300_007)
        await spool.append(bytes.subarray(at, at + 300_007));
      expect(spool.bytes).toBe(size);
      expect((await buffer(spool.read())).equals(bytes)).toBe(true);
      expect((await buffer(spool.read())).equals(bytes)).toBe(true);
      await spool.close();
    },
  );
});

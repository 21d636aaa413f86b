import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { FileSink } from '../../../../shared/zip/file-sink.ts';

describe('a file in the making', () => {
  it.each([
    ['nothing', []],
    ['short texts', ['a', 'é', '\u{1f33f}', '']],
    ['a text longer than a block', ['é€'.repeat(400_000)]],
    ['many texts', Array.from({ length: 20_000 }, (_, index) => `ligne ${index} – été\n`)],
  ])('made of %s has its bytes, their number and their hash', async (_, texts) => {
    const sink = new FileSink('f', 'text/plain');
    const read = buffer(sink);
    for (const text of texts) {
      sink.write(text);
      await sink.drained();
    }
    sink.end();
    const expected = Buffer.from(texts.join(''));
    expect((await read).equals(expected)).toBe(true);
    expect(sink.bytes).toBe(expected.length);
    expect(sink.sha256).toBe(createHash('sha256').update(expected).digest('hex'));
  });

  it('asks its writer to wait while nobody reads', async () => {
    const sink = new FileSink('f', 'text/plain');
    for (let n = 0; n < 1500; n += 1) sink.write('x'.repeat(3000));
    let drained = false;
    const waiting = sink.drained().then(() => (drained = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBe(false);
    const read = buffer(sink);
    await waiting;
    sink.end();
    expect((await read).length).toBe(4_500_000);
  });

  it('fails for its reader and its writer alike', async () => {
    const sink = new FileSink('f', 'text/plain');
    const read = buffer(sink);
    sink.write('x');
    sink.fail(new Error('given up'));
    await expect(read).rejects.toThrow('given up');
    await expect(sink.drained()).rejects.toThrow('given up');
  });
});

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../../shared/objects/s3-faults.ts';

/** Comes to its first chunk and no further. */
function stalling(): Readable {
  return new Readable({ read: () => undefined });
}

describe('the bytes of an answer of S3', () => {
  it('are a fault when no more come, and what they came by is let go', async () => {
    const body = stalling();
    body.push('first');
    const chunks = faultsOf(body, 20);
    expect(await chunks.next()).toEqual({ done: false, value: Buffer.from('first') });
    await expect(chunks.next()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(body.destroyed).toBe(true);
  });

  it('are no fault when it is the reader who takes long', async () => {
    const body = stalling();
    body.push('first');
    const chunks = faultsOf(body, 20);
    await chunks.next();
    body.push('second');
    // Longer than the stall that is not suffered.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await chunks.next()).toEqual({ done: false, value: Buffer.from('second') });
    body.push(null);
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it('are let go by a reader who has enough', async () => {
    const body = stalling();
    body.push('first');
    for await (const chunk of faultsOf(body)) {
      expect(chunk).toEqual(Buffer.from('first'));
      break;
    }
    expect(body.destroyed).toBe(true);
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HashState,
  ResumableSha256,
} from '../../../../../shared/dataset/versions/resumable-sha256.ts';

describe('a SHA-256 that is put down and taken up again', () => {
  it('is that of all bytes, wherever it was put down', () => {
    const stretches = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
    fc.assert(
      fc.property(stretches, (pieces) => {
        let hash = new ResumableSha256();
        for (const piece of pieces) {
          hash.update(piece);
          hash = new ResumableSha256(HashState.parse(JSON.parse(JSON.stringify(hash.save()))));
        }
        const whole = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
        expect(hash.digest()).toBe(whole);
      }),
    );
  });
});

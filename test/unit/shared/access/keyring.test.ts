import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyring, publicIdOf } from '../../../../shared/access/keyring.ts';

const key = (id: string, byte: number) => ({ id, secret: new Uint8Array(32).fill(byte) });

describe('Keyring', () => {
  it('makes HMAC-SHA-256 of the purpose and the parts, under the newest key', () => {
    const keys = new Keyring([key('b', 2), key('a', 1)]);
    const expected = createHmac('sha256', Buffer.alloc(32, 2))
      .update('["erasure","form","id"]')
      .digest('hex');
    expect(keys.mac('erasure', 'form', 'id')).toBe(expected);
    expect(keys.currentId).toBe('b');
  });

  it('finds what was made before a rotation under the older key', () => {
    const before = new Keyring([key('a', 1)]);
    const after = new Keyring([key('b', 2), key('a', 1)]);
    expect(after.macs('import-id', 'x')).toContainEqual({
      keyId: 'a',
      hash: before.mac('import-id', 'x'),
    });
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it('keeps purposes, parts and datasets apart', () => {
    const keys = new Keyring([key('a', 1)]);
    expect(keys.mac('erasure', 'ab')).not.toBe(keys.mac('erasure', 'a', 'b'));
    expect(keys.mac('erasure', 'ab')).not.toBe(keys.mac('import-id', 'ab'));
    expect(publicIdOf(keys, 'one', 'id')).not.toBe(publicIdOf(keys, 'two', 'id'));
    expect(publicIdOf(keys, 'one', 'id')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('refuses short keys and two of one id', () => {
    expect(() => new Keyring([{ id: 'a', secret: new Uint8Array(16) }])).toThrow('too short');
    expect(() => new Keyring([key('a', 1), key('a', 2)])).toThrow('same id');
  });
});

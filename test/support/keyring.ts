import { Keyring } from '../../shared/access/keyring.ts';
import type { StoredKeys } from '../../shared/access/stored-keys.ts';

export const testKeys = new Keyring([{ id: 'test', secret: new Uint8Array(32).fill(7) }]);

/** The same as they are kept. */
export const testStoredKeys: StoredKeys = {
  schema: 1,
  keys: [
    {
      id: 'test',
      secret: Buffer.alloc(32, 7).toString('base64'),
      createdAt: '2026-01-01T00:00:00.000Z',
    },
  ],
};

import { Keyring } from '../../shared/access/keyring.ts';

/** The secret of every installation in tests. */
export const testKeys = new Keyring([{ id: 'test', secret: new Uint8Array(32).fill(7) }]);

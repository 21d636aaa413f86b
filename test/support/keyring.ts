import { Keyring, publicIdOf } from '../../shared/access/keyring.ts';

/** The secret of every installation in tests. */
export const testKeys = new Keyring([{ id: 'test', secret: new Uint8Array(32).fill(7) }]);

/**
 * A keyring under which records of a dataset have public ids in the order in which they are named, so
 * that a test can say in which order rows come. A few ids: of n, one secret in n! will do.
 */
export function keysInOrder(datasetId: string, instanceIds: readonly string[]): Keyring {
  const secret = Buffer.alloc(32);
  for (let number = 0; number < 2 ** 20; number += 1) {
    secret.writeUInt32LE(number);
    const keys = new Keyring([{ id: 'test', secret: Uint8Array.from(secret) }]);
    const ids = instanceIds.map((instanceId) => publicIdOf(keys, datasetId, instanceId));
    if (ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)) return keys;
  }
  throw new Error('Too many ids for one order.');
}

import { SSMClient } from '@aws-sdk/client-ssm';
import { installationKeys, KeysError } from '../shared/access/stored-keys.ts';
import type { InstallationKeys } from '../shared/access/keyring.ts';
import { SsmKeyStore } from '../shared/access/ssm-key-store.ts';
import { Fault } from '../shared/fault.ts';
import { boundRequests, requestSettings, type Patience } from './bound-requests.ts';

/** A module of its own, loaded when it is needed. Throws Fault `store-unavailable`. */
export async function readSsmKeys(
  parameter: string,
  patience: Patience,
): Promise<InstallationKeys> {
  const client = new SSMClient({ requestHandler: requestSettings(patience) });
  const store = new SsmKeyStore(boundRequests(client, patience), parameter);
  try {
    const keys = await store.read();
    if (keys !== undefined) return installationKeys(keys);
  } catch (cause) {
    throw new Fault('store-unavailable', { cause });
  } finally {
    client.destroy();
  }
  const cause = new KeysError({
    fr: `Il n’y a pas de secret dans ${parameter} : fiche init --stack le crée.`,
    en: `There is no secret in ${parameter}: fiche init --stack makes it.`,
  });
  throw new Fault('store-unavailable', { cause });
}

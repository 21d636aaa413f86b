import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import type { RecordStore } from '../store/record-store.ts';
import {
  fingerprintsOf,
  KeysError,
  newKeys,
  rotated,
  type KeyStore,
  type StoredKeys,
} from './stored-keys.ts';

const Used = z.object({ fingerprint: z.string() });
const usedKey = registryKey.setup('keys');

/**
 * The keys of an installation, made if it has none yet. The registry says with which it was used, so
 * that data whose keys are lost, or that stand beside another installation's, are not used with others:
 * all ids would change without a word. Throws KeysError then.
 */
export async function openKeys(
  store: KeyStore,
  registry: RecordStore,
  clock: Clock,
): Promise<StoredKeys> {
  const used = await usedFingerprint(registry);
  const found = await store.read();
  if (found === undefined && used !== undefined) throw lost(store.place);
  const keys = found ?? (await store.putIfAbsent(newKeys(clock)));
  if (used !== undefined && !fingerprintsOf(keys).includes(used)) throw others(store.place);
  await noteUse(registry, keys, used);
  return keys;
}

/** Adds a new key, by which all is made from now on; what was made with the others is known by them still. */
export async function rotateKeys(
  store: KeyStore,
  registry: RecordStore,
  clock: Clock,
): Promise<StoredKeys> {
  const keys = rotated(await openKeys(store, registry, clock), clock);
  await store.replace(keys);
  await noteUse(registry, keys, undefined);
  return keys;
}

/**
 * Gives an installation in which there is nothing yet the keys of what is restored into it. Cut short, it
 * leaves no keys that the registry denies.
 */
export async function adoptKeys(
  store: KeyStore,
  registry: RecordStore,
  keys: StoredKeys,
): Promise<void> {
  await registry.delete(usedKey);
  await store.replace(keys);
  await noteUse(registry, keys, undefined);
}

/** By which key the registry says that the installation was used; undefined: by none yet. */
export async function usedFingerprint(
  registry: Pick<RecordStore, 'get'>,
): Promise<string | undefined> {
  const record = await registry.get(usedKey);
  return record === undefined ? undefined : Used.parse(upgraded('setup', record)).fingerprint;
}

async function noteUse(
  registry: RecordStore,
  keys: StoredKeys,
  used: string | undefined,
): Promise<void> {
  const [fingerprint] = fingerprintsOf(keys);
  if (fingerprint === undefined || fingerprint === used) return;
  await registry.put({ ...usedKey, revision: 1, schema: schemaOf('setup'), fingerprint });
}

function lost(place: string): KeysError {
  return new KeysError({
    fr: `Le secret de cette installation manque (${place}). Reprenez-le d’une sauvegarde : un nouveau donnerait d’autres identifiants à tout ce qui est publié, et ce qui a été effacé ne serait plus reconnu.`,
    en: `The secret of this installation is missing (${place}). Restore it from a backup: a new one would give other ids to all that is published, and what was erased would not be recognised any more.`,
  });
}

function others(place: string): KeysError {
  return new KeysError({
    fr: `Le secret dans ${place} n’est pas celui de ces données. Reprenez le leur d’une sauvegarde : un autre donnerait d’autres identifiants à tout ce qui est publié, et ce qui a été effacé ne serait plus reconnu.`,
    en: `The secret in ${place} is not that of these data. Restore theirs from a backup: another one would give other ids to all that is published, and what was erased would not be recognised any more.`,
  });
}

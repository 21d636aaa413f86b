import * as z from 'zod';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import type { RecordStore } from '../store/record-store.ts';

const Stored = z.object({ network: z.string() });

/** Which network an installation is of, for as long as it lives, wherever it is restored; undefined: never asked before. */
export async function findNetwork(registry: RecordStore): Promise<string | undefined> {
  const record = await registry.get(registryKey.setup('network'));
  return record === undefined ? undefined : Stored.parse(upgraded('setup', record)).network;
}

/** The same; it is decided when it is first asked for. */
export async function networkOf(registry: RecordStore, newId: () => string): Promise<string> {
  const made = {
    ...registryKey.setup('network'),
    ...{ revision: 1, schema: schemaOf('setup'), network: newId() },
  };
  const found = await registry.putIfAbsent(made);
  return Stored.parse(found ?? made).network;
}

import * as z from 'zod';
import { aliasRange, registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../../store/record-store.ts';

const Stored = z.object({ instanceId: z.string() });
const instanceIdOf = (record: StoredRecord) => Stored.parse(upgraded('alias', record)).instanceId;

/**
 * Under which instanceId a submission is kept that a phone edited as `alias`: an edit comes with an
 * instanceID of its own, and the submission keeps its first. Undefined: no edit has that id.
 */
export async function readInstanceAlias(
  registry: RecordStore,
  formId: string,
  alias: string,
): Promise<string | undefined> {
  const record = await registry.get(registryKey.alias(formId, alias));
  return record === undefined ? undefined : instanceIdOf(record);
}

/**
 * Notes an alias; the way back first, so that erasing finds every alias that there is. False: it is
 * another submission's.
 */
export async function putInstanceAlias(
  registry: RecordStore,
  formId: string,
  instanceId: string,
  alias: string,
): Promise<boolean> {
  const noted = { revision: 1, instanceId, schema: schemaOf('alias') };
  await registry.put({ ...registryKey.aliasOf(formId, instanceId, alias), ...noted });
  const found = await registry.putIfAbsent({ ...registryKey.alias(formId, alias), ...noted });
  return found === undefined || instanceIdOf(found) === instanceId;
}

/**
 * Deletes the aliases of a submission that was erased. A writer who put one meanwhile calls it too
 * and names it, for the way back to it may have been deleted before it was put.
 */
export async function deleteInstanceAliases(
  registry: RecordStore,
  formId: string,
  instanceId: string,
  own?: string,
): Promise<void> {
  if (own !== undefined) await deleteInstanceAlias(registry, formId, instanceId, own);
  const partition = registryKey.alias(formId, '').pk;
  for await (const records of pagesOf(registry, { partition, ...aliasRange(instanceId) })) {
    for (const { sk } of records) {
      await deleteInstanceAlias(registry, formId, instanceId, sk.slice(instanceId.length + 1));
    }
  }
}

/** The way back last: while it is there, a repetition finds what is left. */
async function deleteInstanceAlias(
  registry: RecordStore,
  formId: string,
  instanceId: string,
  alias: string,
): Promise<void> {
  // An edit that was refused may have left the way back to an id that is another submission's.
  if ((await readInstanceAlias(registry, formId, alias)) === instanceId) {
    await registry.delete(registryKey.alias(formId, alias));
  }
  await registry.delete(registryKey.aliasOf(formId, instanceId, alias));
}

import * as z from 'zod';
import { canary, canaryForm, draftId } from '../ids.ts';
import { registryForm, registryKey, registryKind, submissionOf } from '../store/keys.ts';
import { schemaOf } from '../store/record-kinds.ts';
import type { Key } from '../store/record-store.ts';
import { BackupError, findNetwork, type BackupDeps } from './backup-source.ts';

/** What a service that nobody uses yet makes by itself. */
const ownKinds: ReadonlySet<string> = new Set(['run', 'dataset', 'version', 'segment', 'erasure']);
const ownPrefixes = ['datasets/', 'public/', 'segments/'];

const Unfinished = z.object({ network: z.string(), from: z.string() });
const marker = registryKey.setup('restore');

/** True while an installation is being restored, or if a restore was cut short. */
export async function isUnfinished({ registry }: Pick<BackupDeps, 'registry'>): Promise<boolean> {
  return (await registry.get(marker)) !== undefined;
}

/**
 * Records by which the service tries itself out: each installation makes its own. In which of the two
 * tables a key is does not matter: no form is called as a kind of record of the registry with a `#`.
 */
export function isCanarys(key: Key): boolean {
  const { formId } = submissionOf(key);
  if (formId === canaryForm || formId === draftId(canaryForm)) return true;
  const kind = registryKind(key);
  if (kind === 'form') return key.sk === canaryForm;
  if (kind === 'organisation') return key.sk === canary;
  return kind === 'token' && registryForm(key) === canary;
}

/**
 * Takes an installation for a restore of `network` from what is called `from`: one in which there is
 * nothing of people's yet, or one in which the same restore was cut short. Throws BackupError.
 */
export async function claimTarget(deps: BackupDeps, network: string, from: string): Promise<void> {
  const { registry } = deps;
  const begun = Unfinished.safeParse(await registry.get(marker)).data;
  if (begun !== undefined) {
    if (begun.network === network && begun.from === from) return;
    throw new BackupError({
      fr: `Une restauration de ${begun.from} y a été interrompue : reprenez celle-là, ou restaurez dans une installation vide.`,
      en: `A restore of ${begun.from} was cut short there: take up that one, or restore into an empty installation.`,
    });
  }
  await requireEmpty(deps, network);
  await clear(deps);
  await registry.put({ ...marker, revision: 1, schema: schemaOf('setup'), network, from });
}

export async function releaseTarget({ registry }: BackupDeps): Promise<void> {
  await registry.delete(marker);
}

async function requireEmpty(deps: BackupDeps, network: string): Promise<void> {
  const { submissions, registry } = deps;
  const own = await findNetwork(registry);
  const isPeoples = (key: Key): boolean =>
    !isCanarys(key) && !ownKinds.has(registryKind(key)) && registryKind(key) !== 'setup';
  const holds = async (table: BackupDeps['registry']): Promise<boolean> => {
    for await (const page of table.scan()) if (page.some(isPeoples)) return true;
    return false;
  };
  if (
    (own === undefined || own === network) &&
    !(await holds(submissions)) &&
    !(await holds(registry))
  )
    return;
  throw new BackupError({
    fr: 'Il y a déjà des données là où restaurer : donnez un dossier vide ou une pile nouvelle. Rien n’a été changé.',
    en: 'There are data already where to restore: give an empty folder or a new stack. Nothing was changed.',
  });
}

/** Takes away what the service has compiled of nothing: pointers to it would be in the way. */
async function clear({ registry, objects }: BackupDeps): Promise<void> {
  for await (const page of registry.scan()) {
    for (const { pk, sk } of page)
      if (ownKinds.has(registryKind({ pk, sk }))) await registry.delete({ pk, sk });
  }
  for (const prefix of ownPrefixes) {
    for await (const page of objects.list(prefix)) {
      for (const { key } of page) await objects.delete(key);
    }
  }
}

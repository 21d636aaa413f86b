import { usedFingerprint } from '../access/open-keys.ts';
import { fingerprintsOf } from '../access/stored-keys.ts';
import { registryKind } from '../store/keys.ts';
import type { StoredRecord, WholeTable } from '../store/record-store.ts';
import { putLedgerEntry } from '../submission/erasure/erasure-ledger.ts';
import { AgainErased, type Erasures } from './erasure-list.ts';
import type { BackupProgress } from './back-up.ts';
import { BackupError, findNetwork, isCompiled, type BackupDeps } from './backup-source.ts';
import { eachAtOnce } from './each-at-once.ts';
import { putRecords, requireEach } from './restore-records.ts';
import { claimTarget, isCanarys, releaseTarget } from './restore-target.ts';
import { propagateErasures, type RestoreReport } from './restore-point.ts';

export interface TablesOptions {
  /** What the source is called. */
  readonly name: string;
  /** The installation is in use: it becomes as the source is, and what is not there is deleted. */
  readonly replace: boolean;
  readonly onProgress: (progress: BackupProgress) => void;
}

/**
 * Restores records from two tables, such as AWS has restored beside as of some second, into an
 * installation whose objects are there still. What compile made is left as it is, for it belongs to the
 * objects; segments are made anew from all records by the next collect.
 *
 * Throws BackupError (another network's tables, or used with another key; an installation in use without `replace`; a record that
 * is not there afterwards), Fault `store-unavailable`.
 */
export async function restoreTables(
  deps: BackupDeps,
  source: { readonly submissions: WholeTable; readonly registry: WholeTable },
  erasures: Erasures,
  { name, replace, onProgress }: TablesOptions,
): Promise<RestoreReport> {
  const network = (await findNetwork(source.registry)) ?? '';
  await requireKnownKey(deps, await usedFingerprint(source.registry));
  if (replace) await requireSameNetwork(deps, network);
  else await claimTarget(deps, network, name);
  let done = 0;
  const onRecords = (records: number): void => {
    done += records;
    onProgress({ what: 'records', done, of: done });
  };
  for (const entry of erasures.all()) await putLedgerEntry(deps.objects, entry);
  const erased = new AgainErased(deps.keys, erasures, deps.clock());
  const submission = (record: StoredRecord): readonly StoredRecord[] =>
    isCanarys(record) ? [] : erased.submission(record);
  const some = (wanted: (kind: string) => boolean) => (record: StoredRecord) =>
    wanted(registryKind(record)) && isGiven(record) && !erased.isOfErased(record) ? [record] : [];
  const put = await putRecords(deps.submissions, source.submissions.scan(), submission, onRecords);
  if (replace) await deleteOthers(deps.submissions, source.submissions, () => true);
  // Also those that were read from the records as they were: nothing is known of what changed since.
  await deleteSegmentPointers(deps.registry);
  const first = some((kind) => kind !== 'form' && kind !== 'token');
  let records =
    put.records +
    (await putRecords(deps.registry, source.registry.scan(), first, onRecords)).records;
  if (replace) await deleteOthers(deps.registry, source.registry, isGiven);
  for (const kind of ['form', 'token']) {
    const kinds = some((one) => one === kind);
    records += (await putRecords(deps.registry, source.registry.scan(), kinds)).records;
    if (kind === 'form' && erased.again.length > 0) await propagateErasures(deps, erased.again);
  }
  if (!replace) {
    await requireEach(deps.submissions, source.submissions.scan(), submission);
    await releaseTarget(deps);
  }
  return { records, objects: 0, bytes: 0, erased: erased.again.length, lost: [] };
}

/** What people gave, and neither what the service makes by itself nor what says how far it is. */
function isGiven(record: StoredRecord): boolean {
  return !isCompiled(record) && !isCanarys(record) && registryKind(record) !== 'run';
}

async function requireSameNetwork({ registry }: BackupDeps, network: string): Promise<void> {
  const own = await findNetwork(registry);
  if (own === undefined || network === '' || own === network) return;
  throw new BackupError({
    fr: 'Ces tables sont celles d’un autre réseau. Rien n’a été changé.',
    en: 'These tables are another network’s. Nothing was changed.',
  });
}

async function requireKnownKey({ keyStore }: BackupDeps, used: string | undefined): Promise<void> {
  const keys = await keyStore.read();
  if (used === undefined || (keys !== undefined && fingerprintsOf(keys).includes(used))) return;
  throw new BackupError({
    fr: `Ces tables ont servi avec un autre secret que celui de ${keyStore.place} : tous les identifiants publiés changeraient et ce qui a été effacé reviendrait. Dans une pile nouvelle, copiez d’abord le leur dans ce paramètre. Rien n’a été changé.`,
    en: `These tables were used with another secret than that of ${keyStore.place}: all published ids would change and what was erased would come back. In a new stack, first copy theirs into that parameter. Nothing was changed.`,
  });
}

async function deleteOthers(
  table: WholeTable,
  source: WholeTable,
  isCompared: (record: StoredRecord) => boolean,
): Promise<void> {
  for await (const page of table.scan()) {
    const compared = page.filter((record) => isCompared(record) && !isCanarys(record));
    await eachAtOnce(compared, 16, async ({ pk, sk, state }) => {
      // An erasure is later than any table of before.
      if (state === 'erased' || (await source.get({ pk, sk })) !== undefined) return;
      await table.delete({ pk, sk });
    });
  }
}

async function deleteSegmentPointers(registry: WholeTable): Promise<void> {
  for await (const page of registry.scan()) {
    for (const record of page) {
      if (registryKind(record) === 'segment') await registry.delete(record);
    }
  }
}

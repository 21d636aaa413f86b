import { Keyring } from '../access/keyring.ts';
import { adoptKeys } from '../access/open-keys.ts';
import {
  areAkin,
  fingerprintsOf,
  installationKeys,
  joined,
  type StoredKeys,
} from '../access/stored-keys.ts';
import {
  putLedgerEntry,
  rekeyLedger,
  type LedgerEntry,
} from '../submission/erasure/erasure-ledger.ts';
import { registryKind } from '../store/keys.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { AgainErased, type Erasures } from './erasure-list.ts';
import { BackupError, type BackupDeps } from './backup-source.ts';
import type { BackupFolder } from './backup-folder.ts';
import type { BackupProgress } from './back-up.ts';
import { checkLists } from './check-point.ts';
import { pointFile, type Point, type PointFile } from './point.ts';
import { readRecords } from './records-file.ts';
import { restoreObjects } from './restore-objects.ts';
import { putRecords, requireEach, requireSame } from './restore-records.ts';
import { claimTarget, isCanarys, releaseTarget } from './restore-target.ts';
import { collect } from '../dataset/segments/collect.ts';
import { flipDatasetPointer, readDatasetPointers } from '../dataset/versions/dataset-pointer.ts';
import { publish } from '../dataset/publish/publish.ts';
import { refreshPublic } from '../dataset/versions/refresh-public.ts';
import { derivedDatasetIds, isDraftId } from '../ids.ts';
import { noteErasureOfHash } from '../submission/erasure/erasure-record.ts';

export interface RestoreReport {
  /** Of both tables. */
  readonly records: number;
  readonly objects: number;
  readonly bytes: number;
  /** Erasures carried through again, since they may be later than what was restored. */
  readonly erased: number;
  /** Keys of objects whose bytes the backup has lost. */
  readonly lost: readonly string[];
}

/**
 * Restores a point of a backup into an installation in which there is nothing yet. Whoever cuts it short
 * begins it again.
 *
 * Nobody sees a half: forms come after all submissions, so that no compile sees some of them alone, and
 * tokens last. What is in `erasures` never gets in; what was compiled from it is compiled again before
 * anyone can read it, and `public/` then made anew.
 *
 * The installation gets the keys of the backup, so that ids stay as they were and erasures are known.
 *
 * Throws BackupError (the point is damaged, its keys are missing, the installation is not empty, somebody wrote at the same
 * time), Fault `store-unavailable`.
 */
export async function restore(
  target: BackupDeps,
  folder: BackupFolder,
  point: Point,
  erasures: Erasures,
  onProgress: (progress: BackupProgress) => void = () => undefined,
): Promise<RestoreReport> {
  const { manifest } = point;
  const { submissions, registry, objects } = target;
  await checkLists(point);
  const found = await keysFor(folder, point);
  await claimTarget(target, manifest.network, point.name);
  const deps = found === undefined ? target : await withKeysOf(target, found);
  const progress = progressOf(point, onProgress);
  const pages = (file: PointFile) => readRecords(pointFile(point.folder, file));
  const erased = new AgainErased(deps.keys, erasures, deps.clock(), manifest.began);
  const put = await putRecords(
    submissions,
    pages('submissions'),
    (record) => (isCanarys(record) ? [] : erased.submission(record)),
    progress.records,
  );
  await requireSame(submissions, put, (record) => !isCanarys(record));

  const isAgain = erased.again.length > 0;
  const restoreList = (file: 'compiledObjects' | 'objects') =>
    restoreObjects(
      { objects, contents: folder.contents },
      pointFile(point.folder, file),
      (key) => !erased.isFileOfErased(key) && !(isAgain && key.startsWith('public/')),
      progress.bytes,
    );
  const lists = [await restoreList('objects'), await restoreList('compiledObjects')];
  for (const entry of erasures.all()) await putLedgerEntry(objects, entry);

  const some = (wanted: (kind: string) => boolean) => (record: StoredRecord) =>
    wanted(registryKind(record)) && !isCanarys(record) && !erased.isOfErased(record)
      ? [record]
      : [];
  const first = some((kind) => kind !== 'form' && kind !== 'token');
  let records = put.records;
  for (const file of ['registry', 'compiled'] as const) {
    records += (await putRecords(registry, pages(file), first, progress.records)).records;
  }
  const given = some((kind) => !['form', 'token', 'run', 'uploads', 'setup'].includes(kind));
  await requireEach(registry, pages('registry'), given);
  for (const kind of ['form', 'token']) {
    const kinds = some((one) => one === kind);
    records += (await putRecords(registry, pages('registry'), kinds)).records;
    await requireEach(registry, pages('registry'), kinds);
    if (kind === 'form' && isAgain) await propagateErasures(deps, erased.again);
  }
  await rekeyLedger(deps);
  await releaseTarget(deps);
  return {
    records,
    objects: lists.reduce((sum, list) => sum + list.objects, 0),
    bytes: lists.reduce((sum, list) => sum + list.bytes, 0),
    erased: erased.again.length,
    lost: lists.flatMap((list) => list.lost),
  };
}

/** The keys that a point was made with; undefined: it is of before there were any, and the folder has none. */
async function keysFor(folder: BackupFolder, { manifest }: Point): Promise<StoredKeys | undefined> {
  const keys = await folder.keys();
  if (manifest.keys === undefined) return keys;
  if (keys !== undefined && fingerprintsOf(keys).includes(manifest.keys)) return keys;
  throw new BackupError({
    fr: `Le secret de l’installation manque dans cette sauvegarde (${folder.folder}/keys.json) : sans lui tous les identifiants publiés changeraient et ce qui a été effacé reviendrait. Remettez-le, d’une copie de la sauvegarde ou de l’installation. Rien n’a été changé.`,
    en: `The secret of the installation is missing from this backup (${folder.folder}/keys.json): without it all published ids would change and what was erased would come back. Put it there, from a copy of the backup or of the installation. Nothing was changed.`,
  });
}

/** Those that the installation has of the same line, from after the backup, stay among them. */
async function withKeysOf(target: BackupDeps, found: StoredKeys): Promise<BackupDeps> {
  const own = await target.keyStore.read();
  const stored = own !== undefined && areAkin(found, own) ? joined(found, own) : found;
  await adoptKeys(target.keyStore, target.registry, stored);
  return { ...target, keys: new Keyring(installationKeys(stored)) };
}

/** How far a restore is: what the manifest counts is what there is to do. */
function progressOf({ manifest }: Point, onProgress: (progress: BackupProgress) => void) {
  const { compiled, submissions, registry } = manifest.files;
  const of = compiled.lines + submissions.lines + registry.lines;
  let records = 0;
  let bytes = 0;
  return {
    records: (more: number): void => {
      records += more;
      onProgress({ what: 'records', done: records, of });
    },
    bytes: (more: number): void => {
      bytes += more;
      onProgress({ what: 'objects', done: bytes, of: manifest.objectBytes });
    },
  };
}

/**
 * Carries erasures through to what was compiled before them and has been restored: the next version of
 * every dataset that reads their forms is published, the earlier ones that hold them are withdrawn, and
 * `public/`, of which nothing was restored, is made from the versions.
 */
export async function propagateErasures(
  deps: BackupDeps,
  again: readonly LedgerEntry[],
): Promise<void> {
  const compiled = again.filter(({ formId }) => !isDraftId(formId));
  for (const { formId, instanceHash } of compiled) {
    await noteErasureOfHash(deps.registry, formId, instanceHash, 'erased', deps.clock());
  }
  const pointers = await readDatasetPointers(deps.registry);
  for (const formId of new Set(compiled.map((entry) => entry.formId))) {
    const form = await deps.forms.record(formId);
    if (form === undefined || !pointers.has(formId)) continue;
    for (let shard = 0; shard < form.shards; shard += 1) await collect(deps, { formId, shard });
    await publish(deps, formId);
  }
  for (const datasetId of derivedDatasetIds) {
    if (pointers.has(datasetId)) await publish(deps, datasetId);
  }
  for (const [datasetId, pointer] of await readDatasetPointers(deps.registry)) {
    const behind = { ...pointer, publishedVersion: '' };
    await flipDatasetPointer(deps.registry, datasetId, pointer, behind);
    await refreshPublic(deps, datasetId);
  }
}

import { Fault } from '../fault.ts';
import type { Keyring } from '../access/keyring.ts';
import { fingerprintsOf } from '../access/stored-keys.ts';
import { sha256 } from '../submission/records/content-hash.ts';
import { erasureName } from '../submission/erasure/erasure-name.ts';
import type { NamedErasure } from './erasure-list.ts';
import type { StoredRecord } from '../store/record-store.ts';
import { BackupError, isCompiled, networkOf, type BackupDeps } from './backup-source.ts';
import { BackupFolder } from './backup-folder.ts';
import { copyObjects, type CopyReport } from './copy-objects.ts';
import { backupFormat, pointFile, type Point } from './point.ts';
import { RecordDigest, writeRecords, type RecordsFacts } from './records-file.ts';
import { isUnfinished } from './restore-target.ts';

/** In the order of their names, as lists of objects are. */
const compiledPrefixes = ['datasets/', 'public/', 'segments/'];
const givenPrefixes = ['attachments/', 'forms/'];

/** How often what compile makes is copied again when a compile ended meanwhile. */
const rounds = 10;

export interface BackupReport {
  readonly point: Point;
  /** Bytes of objects that the folder did not have. */
  readonly copied: number;
  /** Erasures that the folder did not know. */
  readonly erasures: number;
  /** Keys of objects that are damaged in the installation. */
  readonly damaged: readonly string[];
}

export interface BackupProgress {
  readonly what: 'records' | 'objects';
  readonly done: number;
  readonly of: number;
}

/**
 * Copies an installation into `folder`, while others go on using it. The order makes the copy one that
 * compile and verify bring to good:
 *
 * 1. What compile has made, with the pointers to it, again if a pointer moved meanwhile. What changes
 *    from then on is newer than the pointers' cut-off, so that the next collect finds it.
 * 2. The submissions. A head was stored after what it replaced, the forms and the files that it names.
 * 3. The rest of the registry, then the files: all that the heads name is there, or was erased.
 * 4. The erasures: whatever was erased since 1. is among them, before any of its files was deleted.
 *
 * Throws BackupError (the folder is another network's), Fault `store-unavailable`. What was cut short
 * is no point; its bytes are there for the next one.
 */
export async function backUp(
  deps: BackupDeps,
  path: string,
  onProgress: (progress: BackupProgress) => void = () => undefined,
): Promise<BackupReport> {
  if (await isUnfinished(deps)) {
    throw new BackupError({
      fr: 'Une restauration y a été interrompue : reprenez-la d’abord.',
      en: 'A restore was cut short there: take it up first.',
    });
  }
  const folder = new BackupFolder(path);
  await folder.claim(await networkOf(deps.registry, deps.newId));
  const keys = await deps.keyStore.read();
  // First: no point may need a key that the folder lacks.
  if (keys !== undefined) await folder.keepKeys(keys);
  const [last] = await folder.points();
  const began = deps.clock();
  const part = await folder.begin(began);
  const progress = new Progress(last, onProgress);
  const copy = (file: 'compiledObjects' | 'objects', known: readonly string[]) =>
    copyObjects(
      {
        objects: deps.objects,
        contents: folder.contents,
        known: [...known, ...(last === undefined ? [] : [pointFile(last.folder, file)])],
        onBytes: (bytes) => {
          progress.objects(bytes);
        },
      },
      file === 'objects' ? givenPrefixes : compiledPrefixes,
      pointFile(part, file),
    );

  const compiled = await copyCompiled(deps, part, copy);
  const tombstones: NamedErasure[] = [];
  const submissions = await writeRecords(
    pointFile(part, 'submissions'),
    deps.submissions.scan(),
    () => true,
    (record) => {
      progress.record();
      tombstones.push(...erasureOf(deps.keys, record));
    },
  );
  const registry = await writeRecords(
    pointFile(part, 'registry'),
    deps.registry.scan(),
    (record) => !isCompiled(record),
  );
  const given = await copy('objects', []);
  const erasures = await folder.erasures.merge(deps.objects, tombstones);
  const [fingerprint] = keys === undefined ? [] : fingerprintsOf(keys);
  const point = await folder.finish(part, {
    format: backupFormat,
    network: await networkOf(deps.registry, deps.newId),
    began: began.toISOString(),
    ended: deps.clock().toISOString(),
    ...(fingerprint === undefined ? {} : { keys: fingerprint }),
    files: {
      compiled: compiled.records,
      compiledObjects: compiled.copy.list,
      submissions,
      registry,
      objects: given.list,
    },
    objectBytes: compiled.copy.bytes + given.bytes,
  });
  return {
    point,
    copied: compiled.copied + given.copied,
    erasures,
    damaged: [...compiled.copy.damaged, ...given.damaged],
  };
}

/** Pointers and what they name: as they stood when none of them moved while all was copied. */
async function copyCompiled(
  { registry }: BackupDeps,
  part: string,
  copy: (file: 'compiledObjects', known: readonly string[]) => Promise<CopyReport>,
): Promise<{ records: RecordsFacts; copy: CopyReport; copied: number }> {
  let copied = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const records = await writeRecords(pointFile(part, 'compiled'), registry.scan(), isCompiled);
    const made = await copy('compiledObjects', []);
    copied += made.copied;
    const after = new RecordDigest();
    for await (const page of registry.scan()) {
      for (const record of page) if (isCompiled(record)) after.add(record);
    }
    if (after.value === records.digest) return { records, copy: made, copied };
  }
  throw new Fault('store-unavailable');
}

/** Tombstones of before there was a ledger are remembered, too. */
function erasureOf(keys: Keyring, record: StoredRecord): readonly NamedErasure[] {
  const { state, at, sk } = record;
  if (state !== 'erased' || typeof at !== 'string') return [];
  const formId = record.pk.split('#')[0] ?? '';
  const entry = { formId, instanceHash: erasureName(keys, formId, sk), erasedAt: at };
  return [{ plain: sha256(sk), entry }];
}

/** How far a backup is, measured by the one before. */
class Progress {
  readonly #onProgress: (progress: BackupProgress) => void;
  readonly #records: number;
  readonly #bytes: number;
  #record = 0;
  #object = 0;

  constructor(last: Point | undefined, onProgress: (progress: BackupProgress) => void) {
    this.#onProgress = onProgress;
    this.#records = last?.manifest.files.submissions.lines ?? 0;
    this.#bytes = last?.manifest.objectBytes ?? 0;
  }

  record(): void {
    this.#record += 1;
    const of = Math.max(this.#records, this.#record);
    this.#onProgress({ what: 'records', done: this.#record, of });
  }

  objects(bytes: number): void {
    this.#object += bytes;
    this.#onProgress({
      what: 'objects',
      done: this.#object,
      of: Math.max(this.#bytes, this.#object),
    });
  }
}

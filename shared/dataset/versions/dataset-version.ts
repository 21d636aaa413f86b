import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import { audiences } from '../../form/model.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import type { DatasetPointer } from './dataset-pointer.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { findManifest, versionPrefix } from './version-manifest.ts';

/** A file that a withdrawn version had: whoever has a copy can recognise it by these. */
const GoneFile = z.object({
  audience: z.enum(audiences),
  name: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});
type GoneFile = z.infer<typeof GoneFile>;

const Stored = z.object({
  sk: z.string(),
  cutOff: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  state: z.enum(['published', 'withdrawn', 'expired']),
  /** Rows that the coordinator sees. Versions of before do not say it, nor their sources. */
  rows: z.int().optional(),
  /** By form: hash of the segments that it was made from. */
  sources: storedJson(z.record(z.string(), z.string())).optional(),
  /** Why, when and with which files it was withdrawn. */
  reason: z.string().optional(),
  withdrawnAt: z.iso.datetime().optional(),
  files: storedJson(z.array(GoneFile)).optional(),
  expiredAt: z.iso.datetime().optional(),
});

/**
 * One version that is or was current. `published`: its files are there; `withdrawn`: they were taken
 * away for a reason; `expired`: they were, with age.
 */
export interface DatasetVersion extends Omit<z.infer<typeof Stored>, 'sk'> {
  readonly version: string;
}

/**
 * Notes that the version which the pointer names has been current. Done once it is, so that no
 * version is ever listed that lost against another one, and again before the next one is: a run may
 * have been cut short in between.
 */
export async function noteVersion(
  registry: RecordStore,
  datasetId: string,
  { version, cutOff, createdAt, rows, sources }: DatasetPointer,
): Promise<void> {
  const key = registryKey.datasetVersion(datasetId, version);
  const schema = schemaOf('version');
  const facts = { cutOff, createdAt, rows, sources: JSON.stringify(sources) };
  await registry.putIfAbsent({ ...key, ...facts, revision: 1, state: 'published', schema });
}

/** Notes that a version is gone; its files are deleted after that, by whoever calls this. */
export async function withdrawVersion(
  registry: RecordStore,
  datasetId: string,
  version: DatasetVersion,
  gone: { readonly reason: string; readonly at: Date; readonly files: readonly GoneFile[] },
): Promise<void> {
  await registry.put({
    ...registryKey.datasetVersion(datasetId, version.version),
    ...factsOf(version),
    revision: 2,
    state: 'withdrawn',
    reason: gone.reason,
    withdrawnAt: gone.at.toISOString(),
    files: JSON.stringify(gone.files),
  });
}

/** Notes that a version has been kept for long enough. */
export async function expireVersion(
  registry: RecordStore,
  datasetId: string,
  version: DatasetVersion,
  at: Date,
): Promise<void> {
  const key = registryKey.datasetVersion(datasetId, version.version);
  const expiredAt = at.toISOString();
  await registry.put({ ...key, ...factsOf(version), revision: 2, state: 'expired', expiredAt });
}

function factsOf({ cutOff, createdAt, rows }: DatasetVersion) {
  const schema = schemaOf('version');
  return { cutOff, createdAt, schema, ...(rows === undefined ? {} : { rows }) };
}

/** All versions of a dataset, newest first, withdrawn and expired ones too. */
export async function readDatasetVersions(
  registry: RecordStore,
  datasetId: string,
): Promise<readonly DatasetVersion[]> {
  const versions: DatasetVersion[] = [];
  const partition = registryKey.datasetVersion(datasetId, '').pk;
  for await (const page of pagesOf(registry, { partition })) {
    for (const record of page) {
      const { sk, ...stored } = Stored.parse(upgraded('version', record));
      versions.push({ version: sk, ...stored });
    }
  }
  return versions.sort(newestFirst);
}

function newestFirst(one: DatasetVersion, other: DatasetVersion): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? 1 : -1;
  return one.version < other.version ? 1 : -1;
}

/**
 * Takes a version away: notes first that it is gone, why, and which files it had, so that nobody is
 * shown it any more; then deletes the files. What an interruption leaves of them is swept.
 */
export async function withdraw(
  deps: Pick<CompileDeps, 'registry' | 'objects' | 'clock'>,
  datasetId: string,
  version: DatasetVersion,
  reason: 'erasure' | 'damaged',
): Promise<void> {
  const files = await filesOf(deps, datasetId, version.version);
  await withdrawVersion(deps.registry, datasetId, version, { reason, at: deps.clock(), files });
  await deleteVersionFiles(deps, datasetId, version.version);
}

export async function deleteVersionFiles(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<void> {
  for await (const page of objects.list(versionPrefix(datasetId, version))) {
    for (const { key } of page) await objects.delete(key);
  }
}

async function filesOf(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<readonly GoneFile[]> {
  const manifest = await findManifest(objects, datasetId, version);
  return audiences.flatMap((audience) =>
    (manifest?.audiences[audience]?.files ?? []).map(({ name, bytes, sha256 }) => ({
      audience,
      name,
      bytes,
      sha256,
    })),
  );
}

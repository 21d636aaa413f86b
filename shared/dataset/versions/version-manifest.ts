import * as z from 'zod';
import { type Audience, audiences } from '../../form/model.ts';
import { Risk } from './disclosure-risk.ts';
import { text } from 'node:stream/consumers';
import { Fault } from '../../fault.ts';
import type { ObjectStore } from '../../objects/object-store.ts';

export const FileEntry = z.object({
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  rows: z.int(),
});
export type FileEntry = z.infer<typeof FileEntry>;

const AudienceEntry = z.object({
  rows: z.int(),
  files: z.array(FileEntry),
  /** Of public files, what they call their version, and the day of the last public change. Versions of before do not say it. */
  version: z.exactOptional(z.string()),
  cutOff: z.exactOptional(z.iso.date()),
});

/** What one immutable version of a dataset holds. Stored beside its files and served as it is. */
export const Manifest = z.object({
  dataset: z.string(),
  version: z.string(),
  previous: z.string().nullable(),
  cutOff: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  forms: z.array(z.object({ formId: z.string(), versions: z.array(z.string()) })),
  audiences: z.partialRecord(z.enum(['public', 'members', 'coordinator']), AudienceEntry),
  /** How many live records each audience does not see, by reason. */
  withheld: z.record(z.string(), z.int()),
  /** How easily the public files could disclose something of someone; null: the form marks no quasi-identifier. */
  risk: Risk.nullable().default(null),
  /** Files that the dataset is too large for, and why: what they hold is in the others. */
  omitted: z
    .array(
      z.object({
        audience: z.enum(['public', 'members', 'coordinator']),
        file: z.string(),
        reason: z.object({ fr: z.string(), en: z.string() }),
      }),
    )
    .default([]),
  /** Files that compile and the doors need: in no answer. Versions of before have none. */
  internal: z.array(FileEntry).default([]),
});
export type Manifest = z.infer<typeof Manifest>;

export function versionPrefix(datasetId: string, version: string): string {
  return `datasets/${datasetId}/${version}/`;
}

/** Who a file of a version is for; `internal`: for compile and the doors alone, handed out to nobody. */
export type FileOwner = Audience | 'internal';

export function versionFileKey(
  datasetId: string,
  version: string,
  owner: FileOwner,
  file: string,
): string {
  return `${versionPrefix(datasetId, version)}${owner}/${file}`;
}

/** The manifest of a version. Throws Fault `not-found` when it is not there (any more). */
export async function readStoredManifest(
  objects: ObjectStore,
  datasetId: string,
  version: string,
): Promise<Manifest> {
  const stored = await objects.get(`${versionPrefix(datasetId, version)}manifest.json`);
  if (stored === undefined) throw new Fault('not-found');
  return Manifest.parse(JSON.parse(await text(stored)));
}

/** The same; undefined when it is not there or is no manifest. */
export async function findManifest(
  objects: ObjectStore,
  datasetId: string,
  version: string,
): Promise<Manifest | undefined> {
  try {
    return await readStoredManifest(objects, datasetId, version);
  } catch (error) {
    if (error instanceof Fault && error.code !== 'not-found') throw error;
    return undefined;
  }
}

/** Every file that a manifest names, internal ones too, by the key of its object. */
export function filesByKey(manifest: Manifest): ReadonlyMap<string, FileEntry> {
  const { dataset, version, internal } = manifest;
  const files = new Map<string, FileEntry>();
  for (const audience of audiences) {
    for (const entry of manifest.audiences[audience]?.files ?? []) {
      files.set(versionFileKey(dataset, version, audience, entry.name), entry);
    }
  }
  for (const entry of internal) {
    files.set(versionFileKey(dataset, version, 'internal', entry.name), entry);
  }
  return files;
}

import { Fault } from '../../fault.ts';
import { audiences, type Audience } from '../../form/model.ts';
import { FormId } from '../../ids.ts';
import { readDatasetPointer, readDatasetPointers } from './dataset-pointer.ts';
import { readDatasetVersions, type DatasetVersion } from './dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  type FileEntry,
  type Manifest,
  versionFileKey,
  readStoredManifest,
} from './version-manifest.ts';
import { text } from 'node:stream/consumers';
import type * as z from 'zod';
import type { Bilingual } from '../../text.ts';
import { askedLanguage, languagesOfFiles } from '../rows/file-languages.ts';

type ReadDeps = Pick<CompileDeps, 'registry' | 'objects'>;

/** The current manifests of all datasets that have something for the audience, by id. */
export async function listDatasets(
  deps: ReadDeps,
  audience: Audience,
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  for (const [datasetId, { version }] of await readDatasetPointers(deps.registry)) {
    const manifest = await readStoredManifest(deps.objects, datasetId, version);
    if (manifest.audiences[audience] !== undefined) manifests.push(forAudience(manifest, audience));
  }
  return manifests;
}

/**
 * The manifest of a version, by default the current one, less what wider audiences see. Earlier ones
 * are for the coordinator: they show what has been taken back since. Throws Fault `not-found` if there
 * is none for the audience, or if it was withdrawn or has expired.
 */
export async function readManifest(
  deps: ReadDeps,
  datasetId: string,
  audience: Audience,
  version?: string,
): Promise<Manifest> {
  if (!FormId.safeParse(datasetId).success) throw new Fault('not-found');
  const current = (await readDatasetPointer(deps.registry, datasetId))?.version;
  const wanted = version ?? current;
  if (wanted === undefined) throw new Fault('not-found');
  if (wanted !== current) {
    if (audience !== 'coordinator') throw new Fault('not-found');
    const versions = await readDatasetVersions(deps.registry, datasetId);
    const found = versions.find((candidate) => candidate.version === version);
    if (found?.state !== 'published') throw new Fault('not-found');
  }
  const manifest = await readStoredManifest(deps.objects, datasetId, wanted);
  if (manifest.audiences[audience] === undefined) throw new Fault('not-found');
  return forAudience(manifest, audience);
}

/** A version as it is listed. */
export type ListedVersion = Omit<DatasetVersion, 'sources'>;

/**
 * All versions that can be fetched, newest first, and those that are gone: withdrawn ones with the
 * reason and the files that the audience could have copied. Members, who can fetch the current one
 * alone, learn of that and of what was withdrawn. Fault `not-found` as for the manifest.
 */
export async function listVersions(
  deps: ReadDeps,
  datasetId: string,
  audience: Audience,
): Promise<readonly ListedVersion[]> {
  const {
    version,
    cutOff,
    createdAt,
    audiences: seen,
  } = await readManifest(deps, datasetId, audience);
  const whole = audience === 'coordinator';
  const rows = seen[audience]?.rows ?? 0;
  const current = { version, cutOff, createdAt, state: 'published', rows } as const;
  const others = (await readDatasetVersions(deps.registry, datasetId)).filter(
    (other) => other.version !== version && (whole || other.state === 'withdrawn'),
  );
  return [current, ...others.map((other) => listed(other, audience))];
}

function listed(version: DatasetVersion, audience: Audience): ListedVersion {
  const { cutOff, createdAt, state, reason, withdrawnAt, expiredAt, rows, files } = version;
  const seen = files?.filter((file) => sees(audience, file.audience));
  return {
    version: version.version,
    cutOff,
    createdAt,
    state,
    ...(rows === undefined || audience !== 'coordinator' ? {} : { rows }),
    ...(reason === undefined ? {} : { reason }),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
    ...(expiredAt === undefined ? {} : { expiredAt }),
    ...(seen === undefined ? {} : { files: seen }),
  };
}

/**
 * Where a file of a version is, or the one that has its table as it is wanted, and what is known of
 * it. Throws Fault `not-found`.
 */
export async function openDatasetFile(
  deps: ReadDeps,
  datasetId: string,
  file: string,
  audience: Audience,
  version?: string,
  wanted: WantedVariant = {},
): Promise<{ readonly key: string; readonly entry: FileEntry }> {
  const manifest = await readManifest(deps, datasetId, audience, version);
  const files = manifest.audiences[audience]?.files ?? [];
  const names = files.map(({ name }) => name);
  const chosen = variantFile(datasetId, names, file, wanted);
  const entry = files.find(({ name }) => name === chosen);
  if (entry === undefined) throw new Fault('not-found');
  return { key: versionFileKey(datasetId, manifest.version, audience, entry.name), entry };
}

/** How many rows others see, and what is kept from whom, is for the coordinator to know. */
function forAudience(manifest: Manifest, audience: Audience): Manifest {
  if (audience === 'coordinator') return { ...manifest, internal: [] };
  const seen = audiences.filter((name) => sees(audience, name));
  const entries = seen.flatMap((name) => {
    const entry = manifest.audiences[name];
    return entry === undefined ? [] : [[name, entry] as const];
  });
  const omitted = manifest.omitted.filter((file) => sees(audience, file.audience));
  const nothing = { withheld: {}, risk: null, omitted, internal: [] };
  return { ...manifest, audiences: Object.fromEntries(entries), ...nothing };
}

/** Audiences stand in the order of what they see. */
function sees(audience: Audience, of: Audience): boolean {
  return audiences.indexOf(of) <= audiences.indexOf(audience);
}

/**
 * What the coordinator's JSON file of a dataset says that is one document, parsed again. Throws Fault
 * `not-found` before it was first compiled.
 */
export async function readDocument<Schema extends z.ZodType>(
  deps: Pick<CompileDeps, 'registry' | 'objects'>,
  datasetId: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { key } = await openDatasetFile(deps, datasetId, `${datasetId}.json`, 'coordinator');
  const stored = await deps.objects.get(key);
  if (stored === undefined) throw new Fault('not-found');
  return schema.parse(JSON.parse(await text(stored)));
}

/** How a table is wanted: with labels instead of codes, `select_multiple` over columns. */
interface WantedVariant {
  /** A language of the form. */
  readonly labels?: string | undefined;
  readonly multiples?: 'joined' | 'split' | undefined;
}

/**
 * The name of the file that has the table of `file` (`x.csv`, `x.<repeat>.csv`, `x.xlsx`) as it is
 * wanted, of the `files` that there are. A table without anything to split is the same unsplit; a
 * workbook in the form's own language has no language in its name. Throws Fault `not-found`, which
 * says what there is.
 */
export function variantFile(
  dataset: string,
  files: readonly string[],
  file: string,
  { labels, multiples }: WantedVariant,
): string {
  if (labels === undefined && multiples !== 'split') return file;
  const [, base = '', ending = ''] = /^(.*)\.(csv|xlsx)$/.exec(file) ?? [];
  if (base === '' || (ending === 'xlsx' && multiples === 'split')) {
    throw noSuchVariant({
      fr: 'Les étiquettes (labels) vont avec les fichiers CSV et XLSX, les choix en colonnes (multiples=split) avec les fichiers CSV.',
      en: 'Labels go with CSV and XLSX files, choices in columns (multiples=split) with CSV files.',
    });
  }
  const language = labels === undefined ? undefined : askedLanguage(labels);
  const languages = languagesOfFiles(dataset, files);
  if (language !== undefined && !languages.includes(language)) {
    const list = languages.join(', ') || '–';
    throw noSuchVariant({
      fr: `Ce jeu n’a pas d’étiquettes dans cette langue ; il en a en : ${list}.`,
      en: `This dataset has no labels in that language; it has them in: ${list}.`,
    });
  }
  const named = language === undefined ? base : `${base}.${language}`;
  const candidates = [
    ...(multiples === 'split' ? [`${named}.split.${ending}`] : []),
    `${named}.${ending}`,
    ...(ending === 'xlsx' ? [file] : []),
  ];
  const found = candidates.find((name) => files.includes(name));
  if (found !== undefined) return found;
  throw noSuchVariant({
    fr: `${file} n’existe pas sous cette forme.`,
    en: `There is no ${file} in that form.`,
  });
}

function noSuchVariant(message: Bilingual): Fault {
  return new Fault('not-found', { errors: [{ pointer: '', code: 'no-such-variant', message }] });
}

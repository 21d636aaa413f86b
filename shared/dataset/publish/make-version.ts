import { text } from 'node:stream/consumers';
import { Fault } from '../../fault.ts';
import { canonicalJson } from '../../json.ts';
import { sha256 } from '../../submission/records/content-hash.ts';
import type { DatasetSpec, Prepared } from '../build/dataset-spec.ts';
import type { Built } from '../build/form-dataset.ts';
import { buildPart, makePart, type MoreParts, deleteParts } from '../build/make-part.ts';
import type { JoiningStore } from '../build/part-store.ts';
import type { PlannedVersion, Before, VersionPlace } from '../versions/version-place.ts';
import { flipDatasetPointer, type DatasetPointer } from '../versions/dataset-pointer.ts';
import { noteVersion, readDatasetVersions } from '../versions/dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  Manifest,
  versionFileKey,
  versionPrefix,
  type FileOwner,
  readStoredManifest,
} from '../versions/version-manifest.ts';
import { PublishError, VersionWriter, type Entries } from '../versions/version-writer.ts';
import { hash } from 'node:crypto';
import type { FormInput } from '../rows/form-rows.ts';
import type { SegmentPointer } from '../segments/segment-pointer.ts';
import type { ObjectBody, ObjectHeaders, ObjectInfo } from '../../objects/object-store.ts';

/** Grows when the same inputs give other files: every dataset then gets a new version. */
const compilerVersion = 5;

/**
 * The same inputs make the same name: what an interrupted run has left is written over. The version
 * before is among the inputs: what is published depends on what has been (VersionPlace.before).
 */
export function planVersion(
  datasetId: string,
  prepared: Prepared,
  pointer: DatasetPointer | undefined,
): PlannedVersion {
  const fingerprint = fingerprintOf(datasetId, prepared);
  const cutOff = cutOffOf(prepared);
  if (pointer?.fingerprint === fingerprint)
    return { version: pointer.version, fingerprint, cutOff };
  const inputs = sha256(`${fingerprint} ${pointer?.version ?? ''}`);
  const version = `${cutOff.replaceAll(/[-:.]/g, '')}-${inputs.slice(0, 12)}`;
  return { version, fingerprint, cutOff };
}

function fingerprintOf(datasetId: string, { forms, also }: Prepared): string {
  const inputs = {
    compiler: compilerVersion,
    dataset: datasetId,
    forms: forms.map(({ form, segments }) => ({
      formId: form.formId,
      versions: form.versions.map(({ version, key }) => [version, key]),
      segments: segments.map(({ sha256, rows }) => [sha256, rows]),
    })),
    also,
  };
  return sha256(canonicalJson(inputs));
}

/** The newest moment of the inputs: that of the last change, not of this run. */
function cutOffOf({ forms, since }: Prepared): string {
  const changes = forms.flatMap(({ segments }) => segments.map(({ changedAt }) => changedAt));
  return [...changes, ...since].reduce((one, other) => (one < other ? other : one), epoch);
}

const epoch = new Date(0).toISOString();

/**
 * Writes a version's files and makes it current if `pointer` still is; or one part of its files. Throws PublishError, SegmentError, Fault `store-unavailable`: then nothing has changed.
 */
export async function makeVersion(
  deps: CompileDeps,
  spec: DatasetSpec,
  prepared: Prepared,
  pointer: DatasetPointer | undefined,
  planned: PlannedVersion & { readonly again: boolean },
): Promise<MadeVersion> {
  const { version, fingerprint, cutOff, again } = planned;
  const previous = await versionBefore(deps, spec.id, version, pointer);
  const place = { dataset: spec.id, version, previous, cutOff };
  const before = beforeOf(deps, spec.id, pointer, version);
  const made =
    prepared.parts === undefined
      ? await buildFiles(deps.objects, prepared, { ...place, before })
      : await makePart(deps, prepared, prepared.parts, { ...place, before }, planned, pointer);
  if ('more' in made) return made;
  const manifest = manifestOf(deps, prepared, place, made);
  const { createdAt } = await putManifest(deps, manifest, again);
  if (pointer !== undefined) await noteVersion(deps.registry, spec.id, pointer);
  const flipped = await flipDatasetPointer(deps.registry, spec.id, pointer, {
    version,
    publishedVersion: again ? '' : (pointer?.publishedVersion ?? ''),
    fingerprint,
    cutOff,
    createdAt,
    ...publicFactsOf(manifest),
    rows: manifest.audiences.coordinator?.rows ?? 0,
    sources: sourcesOf(prepared.forms),
  });
  if (flipped !== undefined) await noteVersion(deps.registry, spec.id, flipped);
  if (prepared.parts !== undefined) await deleteParts(deps, spec.id, version);
  return { flipped };
}

/** What the catalogue depends on. */
function publicFactsOf({
  audiences: { public: shown },
  cutOff,
}: Manifest): Required<Pick<DatasetPointer, 'publicFiles' | 'publicCutOff'>> {
  const files = shown?.files.map(({ name, sha256: hash, rows }) => [name, hash, rows]) ?? [];
  if (files.length === 0) return { publicFiles: '', publicCutOff: '' };
  return {
    publicFiles: sha256(JSON.stringify(files)),
    publicCutOff: shown?.cutOff ?? cutOff.slice(0, 10),
  };
}

/** `flipped`: it is current; undefined: another publish was faster. `more`: only a part of it is made. */
type MadeVersion = { readonly flipped: DatasetPointer | undefined } | { readonly more: MoreParts };

async function versionBefore(
  { registry }: CompileDeps,
  datasetId: string,
  version: string,
  pointer: DatasetPointer | undefined,
): Promise<string | null> {
  if (pointer?.version !== version) return pointer?.version ?? null;
  const versions = await readDatasetVersions(registry, datasetId);
  return versions.find((other) => other.version !== version)?.version ?? null;
}

/** What the version that `pointer` names has left for the next one, or, if that is `version`, for itself. */
export function beforeOf(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  pointer: DatasetPointer | undefined,
  version: string,
): Before {
  const read = async (owner: FileOwner, file: string) =>
    pointer === undefined
      ? undefined
      : objects.get(versionFileKey(datasetId, pointer.version, owner, file));
  return {
    again: pointer?.version === version,
    read: (file) => read('internal', file),
    readPublic: (file) => read('public', file),
    manifest: async () => {
      if (pointer === undefined) return undefined;
      try {
        return await readStoredManifest(objects, datasetId, pointer.version);
      } catch (error) {
        if (error instanceof Fault && error.code === 'not-found') return undefined;
        throw error;
      }
    },
  };
}

/** Writes the files of the current version once more, to `files`; what it left for itself is read again. */
async function buildAgain(
  deps: CompileDeps,
  datasetId: string,
  prepared: Prepared,
  pointer: DatasetPointer,
  objects: JoiningStore,
): Promise<Manifest> {
  const { version, cutOff } = pointer;
  const place = { dataset: datasetId, version, previous: null, cutOff };
  const before = beforeOf(deps, datasetId, pointer, version);
  const made = await buildAll(objects, prepared, { ...place, before });
  return manifestOf(deps, prepared, place, made);
}

async function buildAll(
  objects: JoiningStore,
  prepared: Prepared,
  place: VersionPlace,
): Promise<MadeFiles> {
  if (prepared.parts === undefined) return buildFiles(objects, prepared, place);
  let end = await buildPart(objects, prepared, prepared.parts, place, undefined);
  while (end.state !== undefined) {
    end = await buildPart(objects, prepared, prepared.parts, place, end.state);
  }
  return end;
}

interface MadeFiles {
  readonly built: Built;
  readonly entries: Entries;
}

async function buildFiles(
  objects: JoiningStore,
  prepared: Prepared,
  place: VersionPlace,
): Promise<MadeFiles> {
  const files = new VersionWriter(objects, place.dataset, place.version);
  try {
    const { dataset, version, cutOff, before } = place;
    const built = await prepared.build({ dataset, version, cutOff, before }, files);
    return { built, entries: await files.finish(built.rows) };
  } catch (error) {
    await files.abort(error);
    throw error;
  }
}

function manifestOf(
  { clock }: CompileDeps,
  prepared: Prepared,
  {
    dataset,
    version,
    previous,
    cutOff,
  }: Pick<Manifest, 'dataset' | 'version' | 'previous' | 'cutOff'>,
  { built, entries: { audiences, internal } }: MadeFiles,
): Manifest {
  const { withheld, risk = null, omitted = [], published } = built;
  if (audiences.public !== undefined && published !== undefined) {
    Object.assign(audiences.public, published);
  }
  const forms = prepared.forms.map(({ form }) => ({
    formId: form.formId,
    versions: form.versions.map(({ version }) => version),
  }));
  const createdAt = clock().toISOString();
  const place = { dataset, version, previous, cutOff };
  return {
    ...place,
    createdAt,
    forms,
    audiences,
    withheld,
    risk,
    omitted: [...omitted],
    internal: [...internal],
  };
}

/**
 * Stores the manifest, or finds the one of an interrupted or simultaneous run. Throws PublishError
 * when that one names other files: the same inputs have given different bytes.
 */
async function putManifest(
  deps: CompileDeps,
  manifest: Manifest,
  again: boolean,
): Promise<Manifest> {
  const key = `${versionPrefix(manifest.dataset, manifest.version)}manifest.json`;
  const bytes = Buffer.from(JSON.stringify(manifest));
  const headers = { contentType: 'application/json' };
  if (again) {
    await deps.objects.put(key, bytes, headers);
    return manifest;
  }
  if (await deps.objects.putIfAbsent(key, bytes, headers)) return manifest;
  const stored = await deps.objects.get(key);
  if (stored === undefined) throw new PublishError(`${key} has gone.`);
  const found = Manifest.parse(JSON.parse(await text(stored)));
  const files = (of: Manifest): string =>
    JSON.stringify([of.audiences, of.withheld, of.risk, of.internal]);
  if (files(found) !== files(manifest)) {
    throw new PublishError(`${manifest.version} was written before, with other bytes.`);
  }
  return found;
}

/** By form: which segments a version was made from. */
export function sourcesOf(forms: readonly FormInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(forms.map(({ form, segments }) => [form.formId, sourceOf(segments)]));
}

export function sourceOf(segments: readonly Pick<SegmentPointer, 'sha256'>[]): string {
  return hash('sha256', segments.map(({ sha256 }) => sha256).join('\n'));
}

/** Takes files in and keeps nothing of them but how long they are. */
class ForgetfulStore implements JoiningStore {
  readonly #infos = new Map<string, ObjectInfo & ObjectHeaders>();

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    let bytes = 0;
    if (body instanceof Uint8Array) bytes = body.byteLength;
    else for await (const chunk of body) bytes += chunk.byteLength;
    return this.#keep(key, bytes, headers);
  }

  join(key: string, parts: readonly string[], headers: ObjectHeaders): Promise<ObjectInfo> {
    const bytes = parts.reduce((sum, part) => sum + (this.#infos.get(part)?.bytes ?? 0), 0);
    return Promise.resolve(this.#keep(key, bytes, headers));
  }

  #keep(key: string, bytes: number, headers: ObjectHeaders): ObjectInfo {
    const info = { ...headers, key, bytes, etag: '', modified: new Date(0) };
    this.#infos.set(key, info);
    return info;
  }

  info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    return Promise.resolve(this.#infos.get(key));
  }
}

/**
 * What the manifest of the current version should say: every file is made once more from the segments,
 * and nothing of it is stored.
 */
export async function rebuildManifest(
  deps: CompileDeps,
  datasetId: string,
  prepared: Prepared,
  pointer: DatasetPointer,
): Promise<Manifest> {
  const forgetful = new ForgetfulStore();
  return Manifest.parse(await buildAgain(deps, datasetId, prepared, pointer, forgetful));
}

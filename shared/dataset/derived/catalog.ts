import { audiences } from '../../form/model.ts';
import type { DatasetSpec } from '../build/dataset-spec.ts';
import { readDatasetPointers } from '../versions/dataset-pointer.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { dataPackageProfile } from '../formats/data-package.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import { type FileEntry, type Manifest, readStoredManifest } from '../versions/version-manifest.ts';
import type { VersionWriter } from '../versions/version-writer.ts';

const id = 'catalog';

/**
 * What there is in public, as DCAT and schema.org in one JSON-LD document. Links are relative to the
 * catalogue's own address.
 */
export const catalog: DatasetSpec = {
  id,
  prepare: async (deps) => {
    const pointers = [...(await readDatasetPointers(deps.registry))].filter(([key]) => key !== id);
    if (pointers.length === 0) return undefined;
    return {
      forms: [],
      also: pointers.map(([key, { publicFiles, version }]) => [key, publicFiles ?? version]),
      since: pointers.flatMap(([, { publicCutOff: day = '' }]) =>
        day === '' ? [] : [`${day}T00:00:00.000Z`],
      ),
      build: async (place, files) => {
        const manifests: Manifest[] = [];
        for (const [key, { version }] of pointers) {
          manifests.push(await readStoredManifest(deps.objects, key, version));
        }
        const rows = await write(deps, manifests, place, files);
        return { rows: new Map(audiences.map((audience) => [audience, rows])), withheld: {} };
      },
    };
  },
};

async function write(
  deps: CompileDeps,
  manifests: readonly Manifest[],
  { cutOff }: Pick<DatasetHead, 'dataset' | 'version' | 'cutOff'>,
  files: VersionWriter,
): Promise<number> {
  const entries = [];
  for (const manifest of manifests) {
    if ((manifest.audiences.public?.files ?? []).length === 0) continue;
    entries.push(await entryOf(deps, manifest));
  }
  const day = cutOff.slice(0, 10);
  const title = textsOf({ fr: 'Jeux de données publics', en: 'Public datasets' });
  const document = {
    '@context': {
      dcat: 'http://www.w3.org/ns/dcat#',
      dct: 'http://purl.org/dc/terms/',
      schema: 'https://schema.org/',
      spdx: 'http://spdx.org/rdf/terms#',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
    },
    '@type': ['dcat:Catalog', 'schema:DataCatalog'],
    'dct:title': title,
    'schema:name': title,
    'dct:modified': { '@value': day, '@type': 'xsd:date' },
    'schema:dateModified': day,
    'dcat:dataset': entries,
    'schema:dataset': entries.map((entry) => ({ '@id': entry['@id'] })),
  };
  for (const audience of ['public', 'members', 'coordinator'] as const) {
    const file = files.open(audience, 'catalog.json', 'application/ld+json');
    file.write(`${JSON.stringify(document)}\n`);
    file.rows = entries.length;
  }
  return entries.length;
}

const derivedTitles: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['who-does-what-where', { fr: 'Qui fait quoi, où', en: 'Who does what, where' }],
  ['plan', { fr: 'Plan d’action', en: 'Action plan' }],
  ['gaps', { fr: 'Thèmes et régions non couverts', en: 'Themes and regions not covered' }],
]);

async function entryOf(deps: CompileDeps, manifest: Manifest) {
  const { dataset } = manifest;
  const { version = manifest.version, cutOff = manifest.cutOff.slice(0, 10) } =
    manifest.audiences.public ?? {};
  const derived = derivedTitles.get(dataset);
  const settings = derived === undefined ? (await deps.forms.model(dataset)).settings : undefined;
  const title = derived ?? Object.fromEntries(settings?.title ?? []);
  const license = settings?.license;
  const names = textsOf(title);
  const files = manifest.audiences.public?.files ?? [];
  const rows = manifest.audiences.public?.rows ?? 0;
  const described = textsOf({
    fr: `${title['fr'] ?? dataset}, lignes publiques au ${cutOff} : ${rows}, tirées des réponses des organisations du réseau.`,
    en: `${title['en'] ?? title['fr'] ?? dataset}, public rows as of ${cutOff}: ${rows}, compiled from the answers of the network's organisations.`,
  });
  return {
    '@id': `#${dataset}`,
    '@type': ['dcat:Dataset', 'schema:Dataset'],
    ...both(['dct:identifier', 'schema:identifier'], dataset),
    ...both(['dct:title', 'schema:name'], names),
    ...both(['dct:description', 'schema:description'], described),
    'dct:modified': { '@value': cutOff, '@type': 'xsd:date' },
    'schema:dateModified': cutOff,
    ...both(['dcat:version', 'schema:version'], version),
    ...(license === undefined ? {} : both(['dct:license', 'schema:license'], license)),
    'schema:isAccessibleForFree': true,
    'dcat:distribution': files.map((file) => distributionOf(dataset, file)),
    'schema:distribution': files.map(({ name }) => ({ '@id': name })),
  };
}

function both(names: readonly string[], value: unknown): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

function textsOf(texts: Readonly<Record<string, string>>) {
  return Object.entries(texts).map(([language, value]) => ({
    '@value': value,
    '@language': language,
  }));
}

/** One file, under its address: both vocabularies speak of the same node. */
function distributionOf(dataset: string, { name, mediaType, bytes, sha256 }: FileEntry) {
  const [type = mediaType] = mediaType.split(';');
  const isPackage = name === `${dataset}.datapackage.json`;
  return {
    '@id': name,
    '@type': ['dcat:Distribution', 'schema:DataDownload'],
    ...both(['dct:title', 'schema:name'], name),
    ...both(['dcat:downloadURL', 'schema:contentUrl'], { '@id': name }),
    'dcat:mediaType': mediaType,
    'schema:encodingFormat': type,
    'dcat:byteSize': bytes,
    'schema:contentSize': `${bytes} B`,
    'spdx:checksum': { 'spdx:algorithm': 'sha256', 'spdx:checksumValue': sha256 },
    'schema:sha256': sha256,
    ...(isPackage ? { 'dct:conformsTo': { '@id': dataPackageProfile } } : {}),
  };
}

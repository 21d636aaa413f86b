import type { DatasetSpec } from '../dataset-spec.ts';
import { readDatasetPointers } from '../dataset-pointer.ts';
import type { CompileDeps } from '../deps.ts';
import type { DatasetHead } from '../formats/format.ts';
import type { Manifest } from '../manifest.ts';
import { readStoredManifest } from '../stored-manifest.ts';
import type { VersionWriter } from '../version-writer.ts';

const id = 'catalog';

/** What there is in public, as DCAT in JSON-LD. Links are relative to the catalogue's own address. */
export const catalog: DatasetSpec = {
  id,
  prepare: async (deps) => {
    const pointers = [...(await readDatasetPointers(deps.registry))].filter(([key]) => key !== id);
    if (pointers.length === 0) return undefined;
    return {
      forms: [],
      also: pointers.map(([key, { version }]) => [key, version]),
      since: pointers.map(([, { cutOff }]) => cutOff),
      stateful: false,
      build: async (place, files) => {
        const manifests: Manifest[] = [];
        for (const [key, { version }] of pointers) {
          manifests.push(await readStoredManifest(deps.objects, key, version));
        }
        const rows = await write(deps, manifests, place, files);
        return { rows: { public: rows, members: rows, coordinator: rows }, withheld: {} };
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
  const document = {
    '@context': {
      dcat: 'http://www.w3.org/ns/dcat#',
      dct: 'http://purl.org/dc/terms/',
      spdx: 'http://spdx.org/rdf/terms#',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
    },
    '@type': 'dcat:Catalog',
    'dct:title': [
      { '@value': 'Jeux de données publics', '@language': 'fr' },
      { '@value': 'Public datasets', '@language': 'en' },
    ],
    'dct:modified': { '@value': cutOff, '@type': 'xsd:dateTime' },
    'dcat:dataset': entries,
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
  const { dataset, version, cutOff } = manifest;
  const derived = derivedTitles.get(dataset);
  const settings = derived === undefined ? (await deps.forms.model(dataset)).settings : undefined;
  const title = derived ?? Object.fromEntries(settings?.title ?? []);
  const license = settings?.license;
  return {
    '@type': 'dcat:Dataset',
    'dct:identifier': dataset,
    'dct:title': Object.entries(title).map(([language, value]) => ({
      '@value': value,
      '@language': language,
    })),
    'dct:modified': { '@value': cutOff, '@type': 'xsd:dateTime' },
    'dcat:version': version,
    ...(license === undefined ? {} : { 'dct:license': license }),
    'dcat:distribution': (manifest.audiences.public?.files ?? []).map((file) => ({
      '@type': 'dcat:Distribution',
      'dct:title': file.name,
      'dcat:downloadURL': { '@id': file.name },
      'dcat:mediaType': file.mediaType,
      'dcat:byteSize': file.bytes,
      'spdx:checksum': { 'spdx:algorithm': 'sha256', 'spdx:checksumValue': file.sha256 },
    })),
  };
}

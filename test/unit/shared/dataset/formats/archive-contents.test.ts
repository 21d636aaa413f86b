import { hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import {
  openDatasetFile,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { ZipArchive } from '../../../../../shared/zip/read-zip.ts';
import { formatWorld } from '../../../../support/format-world.ts';

it.each([
  ['f.xlsx', 'f0702b65e131fc6d963cd5d8d8dfb18a884f163624ceca76316d6b93ae7ce0d5'],
  ['f.csv.zip', '022a6fc93d6098a104f5c50c97093c64db6bdc1ff8e57365f8d3107f24798ab3'],
])(
  '%s has the same contents for the same rows: if they change, compilerVersion grows',
  async (name, expected) => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'text', name: 'q', label: 'Question' },
          { type: 'date', name: 'day', label: 'Jour' },
          { type: 'select_one l', name: 'one', label: 'Un' },
          { type: 'begin_repeat', name: 'sites', label: 'Sites' },
          { type: 'decimal', name: 'size', label: 'Taille' },
          { type: 'end_repeat' },
        ],
        choices: [{ list_name: 'l', name: 'x', label: 'Ix' }],
      },
      [{ q: '=é', day: '2026-01-02', one: 'x', sites: [{ size: 1.5 }, {}] }, {}],
    );
    const { version } = await readManifest(world.deps, 'f', 'coordinator');
    const { key } = await openDatasetFile(world.deps, 'f', name, 'coordinator');
    const body = await world.objects.get(key);
    if (body === undefined) throw new Error(`No ${key}.`);
    const archive = new ZipArchive(await buffer(body));
    // A version's name changes with compilerVersion.
    const contents = archive.names.map((entry) => [
      entry,
      archive.read(entry).toString().replaceAll(version, 'v'),
    ]);
    expect(hash('sha256', JSON.stringify(contents))).toBe(expected);
  },
);

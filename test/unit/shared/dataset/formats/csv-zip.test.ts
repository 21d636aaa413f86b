import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  openDatasetFile,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { ZipArchive } from '../../../../../shared/zip/read-zip.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const text = (name: string): JsonObject => ({ type: 'text', name, label: name });
const repeat = (name: string, ...inner: readonly JsonObject[]): readonly JsonObject[] => [
  { type: 'begin repeat', name, label: name },
  ...inner,
  { type: 'end repeat', name: '', label: '' },
];

async function worldOf(survey: readonly JsonObject[], answers: readonly JsonObject[]) {
  const world = new DatasetWorld();
  await world.publishForm('f', {
    survey,
    choices: [],
    settings: { form_title: 'F', version: '1' },
  });
  for (const [index, answer] of answers.entries())
    await world.put('f', `instance-${index}`, answer);
  await world.compile();
  return world;
}

describe('the archive of a form with repeats', () => {
  it('has its linked tables, the same as they are by themselves', async () => {
    const world = await worldOf(
      [text('q'), ...repeat('sites', text('place'), ...repeat('rooms', text('name')))],
      Array.from({ length: 600 }, (_, index) => ({
        q: `é${index}`,
        sites: [{ place: 'a', rooms: [{ name: 'x' }] }, { place: `b${index}` }],
      })),
    );
    const { key, entry } = await openDatasetFile(world.deps, 'f', 'f.csv.zip', 'coordinator');
    const body = await world.objects.get(key);
    if (body === undefined) throw new Error(`No ${key}.`);
    const archive = new ZipArchive(await buffer(body));
    expect(archive.names).toEqual(['f.csv', 'f.sites.csv', 'f.rooms.csv']);
    for (const name of archive.names) {
      expect(archive.read(name).toString()).toBe(await world.file('f', 'coordinator', name));
    }
    expect(entry).toMatchObject({ mediaType: 'application/zip', rows: 600 });
  });

  it('is not made where one table says it all', async () => {
    const world = await worldOf([text('q')], [{ q: '1' }]);
    const { audiences } = await readManifest(world.deps, 'f', 'coordinator');
    expect(audiences.coordinator?.files.map(({ name }) => name)).not.toContain('f.csv.zip');
  });
});

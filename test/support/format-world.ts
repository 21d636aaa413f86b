import { readManifest } from '../../shared/dataset/read-datasets.ts';
import type { JsonObject } from '../../shared/json.ts';
import { DatasetWorld } from './dataset-world.ts';

/** A form `f` as YAML would have it. */
export interface FormatForm {
  readonly survey: readonly JsonObject[];
  readonly choices?: readonly JsonObject[];
  readonly settings?: JsonObject;
}

/** A world that has published the form's answers, `instance-0000`, `instance-0001`…, in every format. */
export async function formatWorld(
  { survey, choices = [], settings = {} }: FormatForm,
  answers: readonly JsonObject[],
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', {
    survey,
    choices,
    settings: { form_title: 'F', version: '1', ...settings },
  });
  for (const [index, answer] of answers.entries()) {
    await world.put('f', `instance-${String(index).padStart(4, '0')}`, answer);
  }
  await world.compile();
  return world;
}

/** Names of the files of an audience, in the order of the manifest. */
export async function fileNames(
  world: DatasetWorld,
  audience: 'public' | 'members' | 'coordinator' = 'coordinator',
): Promise<readonly string[]> {
  const manifest = await readManifest(world.deps, 'f', audience);
  return (manifest.audiences[audience]?.files ?? []).map(({ name }) => name);
}

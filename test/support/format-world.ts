import { publicIdOf } from '../../shared/access/keyring.ts';
import { readManifest } from '../../shared/dataset/versions/read-datasets.ts';
import type { JsonObject } from '../../shared/json.ts';
import { DatasetWorld } from './dataset-world.ts';
import { keysInOrder } from './keyring.ts';

/** A form `f` as YAML would have it. */
export interface FormatForm {
  readonly survey: readonly JsonObject[];
  readonly choices?: readonly JsonObject[];
  readonly settings?: JsonObject;
}

/** Of so few records the first ones are called `instance-0000`, `instance-0001`…, too. */
const mostNamed = 6;

/**
 * A world that has published the form's answers in every format; rows come in the order in which they
 * are given.
 */
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
  const names = answers.map((_, index) => `instance-${String(index).padStart(4, '0')}`);
  const isFew = names.length <= mostNamed;
  if (isFew) world.keys = keysInOrder('f', names);
  const idOf = (name: string): string => publicIdOf(world.keys, 'f', name);
  const ids = isFew ? names : names.sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  for (const [index, answer] of answers.entries()) await world.put('f', ids[index] ?? '', answer);
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

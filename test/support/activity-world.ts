import type { JsonObject } from '../../shared/json.ts';
import { DatasetWorld } from './dataset-world.ts';

const named = (list: string, ...names: readonly string[]): readonly JsonObject[] =>
  names.map((name) => ({ list_name: list, name, label: name.toUpperCase() }));

/** A form that says who does what where: `more` are further rows or settings. */
export function activityForm({
  survey = [],
  settings = {},
  themes = ['care', 'law'],
  regions = ['north', 'south'],
}: {
  readonly survey?: readonly JsonObject[];
  readonly settings?: JsonObject;
  readonly themes?: readonly string[];
  readonly regions?: readonly string[];
} = {}) {
  const open = { visibility: 'public', review_text: 'yes' };
  return {
    survey: [
      { type: 'text', name: 'org', label: 'O', hxl: '#org+name', ...open },
      { type: 'text', name: 'acronym', label: 'A', hxl: '#org+acronym', ...open },
      { type: 'text', name: 'title', label: 'T', hxl: '#activity+name', ...open },
      { type: 'text', name: 'mail', label: 'M', hxl: '#contact+email' },
      { type: 'select_multiple themes', name: 'theme', label: 'T', hxl: '#sector', ...open },
      { type: 'select_one regions', name: 'region', label: 'R', hxl: '#adm1+code', ...open },
      { type: 'text', name: 'start', label: 'S', hxl: '#date+start', ...open },
      ...survey,
    ],
    choices: [...named('themes', ...themes), ...named('regions', ...regions)],
    settings: { form_title: 'F', version: '1', ...settings },
  };
}

/** What one record says: an organisation does one thing in one région. */
export interface Said {
  readonly org: string;
  readonly theme?: readonly string[];
  readonly region?: string;
  readonly more?: JsonObject;
}

/** A world with that form, in which these have answered; `form` is its id. */
export async function activityWorld(
  said: readonly Said[],
  form: Parameters<typeof activityForm>[0] = {},
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', activityForm(form));
  await say(world, said);
  return world;
}

/** Records `<prefix>-0`, `<prefix>-1`… of what is said. */
export async function say(
  world: DatasetWorld,
  said: readonly Said[],
  prefix = 'instance',
): Promise<void> {
  for (const [index, { org, theme = ['care'], region = 'north', more = {} }] of said.entries()) {
    await world.put('f', `${prefix}-${index}`, { org, theme, region, ...more });
  }
}

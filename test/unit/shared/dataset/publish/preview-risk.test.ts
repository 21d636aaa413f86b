import { describe, expect, it } from 'vitest';
import type { Risk } from '../../../../../shared/dataset/versions/disclosure-risk.ts';
import { previewRisk } from '../../../../../shared/dataset/publish/preview-risk.ts';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { FormDefinitionSchema } from '../../../../../shared/form/definition-schema.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { Keyring } from '../../../../../shared/access/keyring.ts';

const form = (version: string, age: JsonObject = {}, settings: JsonObject = {}) => ({
  survey: [
    { type: 'integer', name: 'n', label: 'N', visibility: 'public' },
    { type: 'integer', name: 'age', label: 'Âge', visibility: 'public', ...age },
  ],
  choices: [],
  settings: { form_title: 'F', version, k: 3, ...settings },
});
const marked = { quasi_identifier: 'yes' };

async function worldOf(definition: unknown): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', definition);
  for (const [n, age] of [20, 21, 22, 31, 32, 33, 70].entries()) {
    await world.put('f', `instance-${n}`, { n, age });
  }
  await world.compile();
  return world;
}

const draft = async (world: DatasetWorld, definition: unknown): Promise<void> => {
  await world.forms.putDraft('f', FormDefinitionSchema.parse(definition));
};

const publishedRisk = async (world: DatasetWorld): Promise<Risk | null> =>
  (await readManifest(world.deps, 'f', 'coordinator')).risk;

describe('the risk of a draft', () => {
  it.each<[string, unknown, unknown]>([
    ['marks the first question', form('1'), form('2', marked)],
    ['makes k larger', form('1', marked), form('2', marked, { k: 4 })],
    ['would be blocked', form('1', marked), form('2', marked, { k: 7, max_suppressed: 10 })],
  ])('is what publishing it reports: one that %s', async (_, published, definition) => {
    const world = await worldOf(published);
    await draft(world, definition);
    const before = await world.contents('');
    const preview = await previewRisk(world.deps, 'f');
    expect(await world.contents('')).toEqual(before);
    await world.forms.publish('f');
    await world.compile();
    const told = await publishedRisk(world);
    expect(told).not.toBeNull();
    expect(preview).toEqual(told);
  });

  it('is of no form that marks no quasi-identifier', async () => {
    const world = await worldOf(form('1'));
    await draft(world, form('2'));
    expect(await previewRisk(world.deps, 'f')).toBe('no-quasi-identifiers');
  });

  it('waits for a compile', async () => {
    const world = new DatasetWorld();
    await draft(world, form('1', marked));
    expect(await previewRisk(world.deps, 'f')).toBe('not-compiled');
    const collected = await worldOf(form('1', marked));
    await draft(collected, form('2', marked));
    collected.keys = new Keyring([{ id: 'other', secret: new Uint8Array(32).fill(9) }]);
    expect(await previewRisk(collected.deps, 'f')).toBe('not-compiled');
  });

  it('reads a draft of the same name in place of the version', async () => {
    const world = await worldOf(form('1'));
    await draft(world, form('1', marked));
    expect(await previewRisk(world.deps, 'f')).toMatchObject({ rows: 7, k: 3 });
  });

  it('needs a draft', async () => {
    const world = await worldOf(form('1', marked));
    await expect(previewRisk(world.deps, 'f')).rejects.toMatchObject({ code: 'not-found' });
    await expect(previewRisk(world.deps, 'none')).rejects.toMatchObject({ code: 'not-found' });
  });
});

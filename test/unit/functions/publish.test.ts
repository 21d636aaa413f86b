import { expect, it } from 'vitest';
import { publishHandler } from '../../../functions/publish/handler.ts';
import { DatasetWorld } from '../../support/dataset-world.ts';

it('publishes a part each time, from the state that Step Functions hands back, until there is no more', async () => {
  const world = new DatasetWorld();
  world.partCells = 2;
  const survey = [{ type: 'text', name: 'q', label: 'Q', visibility: 'coordinator' }];
  await world.publishForm('f', {
    survey,
    choices: [],
    settings: { form_title: 'F', version: '1' },
  });
  for (const id of ['a', 'b', 'c', 'd', 'e']) await world.put('f', `instance-${id}`, { q: id });
  await world.collectAll('f');
  const handle = publishHandler(world.deps);
  const first = await handle({ dataset: 'f', runId: 'run' });
  expect(first).toMatchObject({ version: null, changed: false, more: { done: 1, of: 3 } });
  const second = await handle({ dataset: 'f', runId: 'run', more: first.more });
  expect(second).toMatchObject({ version: null, changed: false, more: { done: 2, of: 3 } });
  const last = await handle({ dataset: 'f', runId: 'run', more: second.more });
  const version = first.more?.version;
  expect(last).toEqual({ dataset: 'f', version, rows: 5, changed: true });
});

import { describe, expect, it } from 'vitest';
import { compileWork } from '../../../../../shared/dataset/publish/compile-work.ts';
import { finishRun, readRun, startRun } from '../../../../../shared/dataset/publish/compile-run.ts';
import { Fault } from '../../../../../shared/fault.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const form = {
  survey: [{ type: 'text', name: 'q', label: 'Q' }],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

describe('a run', () => {
  it('is running, then done with what it published', async () => {
    const { registry, clock } = new DatasetWorld();
    await startRun(registry, clock, 'run-1');
    expect(await readRun(registry, 'run-1')).toEqual({
      runId: 'run-1',
      state: 'running',
      startedAt: '2026-01-15T09:00:00.000Z',
      endedAt: null,
      datasets: [],
    });
    const datasets = [{ dataset: 'f', version: 'v', rows: 1, changed: true }];
    await finishRun(registry, clock, 'run-1', datasets);
    expect(await readRun(registry, 'run-1')).toMatchObject({ state: 'done', datasets });
    expect(await readRun(registry, 'run-2')).toBeUndefined();
  });

  it.each([
    [new Fault('store-unavailable'), 'store-unavailable'],
    [new TypeError('canary of an answer'), 'TypeError'],
    [new AggregateError([new Fault('not-found'), new RangeError('x')]), 'not-found, RangeError'],
    [undefined, 'Error'],
  ])('that failed with %s tells a name only', async (error, told) => {
    const { registry, clock } = new DatasetWorld();
    await startRun(registry, clock, 'run-1');
    await finishRun(registry, clock, 'run-1', error);
    expect(await readRun(registry, 'run-1')).toMatchObject({ state: 'failed', error: told });
  });
});

describe('the work of a compile', () => {
  it('is every shard of what was published, then the datasets, derived ones last', async () => {
    const world = new DatasetWorld();
    await world.publishForm('a', form);
    await world.publishForm('b', form);
    await world.forms.close('b');
    await world.forms.putDraft('c', form);
    const { collect, publish } = await compileWork(world.deps);
    expect(collect).toHaveLength(8);
    expect(publish).toEqual([
      'a',
      'b',
      'who-does-what-where',
      'plan',
      'coverage',
      'gaps',
      'duplicates',
      'catalog',
    ]);
  });
});

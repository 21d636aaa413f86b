import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileEndHandler } from '../../../../functions/compile-end/handler.ts';
import { readRun, startRun } from '../../../../shared/dataset/publish/compile-run.ts';
import { openSqlite } from '../../../../shared/store/sqlite-record-store.ts';

const clock = (): Date => new Date('2026-11-21T12:00:00.000Z');
const runId = 'run-1';
const published = { dataset: 'initiative', version: 'v1', rows: 3, changed: true };
/** What a distributed map gives for a shard that was collected. */
const collected = {};
const work = {
  runId,
  full: false,
  shardCount: 1,
  shards: [collected],
  forms: [published],
  derived: [],
};

async function endWith(...events: readonly unknown[]) {
  const folder = mkdtempSync(join(tmpdir(), 'fiche-end-'));
  const stores = openSqlite(join(folder, 'test.sqlite'));
  const { registry } = stores;
  try {
    await startRun(registry, clock, runId);
    const end = compileEndHandler({ registry, clock });
    let thrown: unknown;
    for (const event of events) {
      await end(event).catch((error: unknown) => {
        thrown = error;
      });
    }
    return { thrown, run: await readRun(registry, runId) };
  } finally {
    stores.close();
    rmSync(folder, { recursive: true });
  }
}

describe('the end of a compile', () => {
  it('notes what was published', async () => {
    const { thrown, run } = await endWith(work);
    expect(thrown).toBeUndefined();
    expect(run).toMatchObject({ state: 'done', datasets: [published] });
  });

  it.each([
    [
      'a shard',
      { shards: [{ formId: 'initiative', shard: 2, error: 'SegmentError' }] },
      'initiative/2: SegmentError',
    ],
    ['a shard that gave no answer', { shards: [] }, 'shards: 1 without an answer'],
    [
      'a form',
      { forms: [{ dataset: 'initiative', error: 'PublishError' }] },
      'initiative: PublishError',
    ],
    [
      'a derived dataset',
      { derived: [{ dataset: 'plan', error: 'store-unavailable' }] },
      'plan: store-unavailable',
    ],
    [
      'settling what waits for files',
      { unsettled: ['store-unavailable'] },
      'attachments: store-unavailable',
    ],
    ['a verification', { datasetChecks: [{}, { error: 'SegmentError' }] }, 'verify: SegmentError'],
  ])('names what failed, and fails, when %s did', async (_, part, error) => {
    const { thrown, run } = await endWith({ ...work, ...part });
    expect(run).toMatchObject({ state: 'failed', error });
    expect(thrown).toMatchObject({ name: 'CompileFailed' });
  });

  it('notes what kept the compile from its end, and leaves failing to the state machine', async () => {
    const { thrown, run } = await endWith({ runId, error: 'States.Timeout' });
    expect(run).toMatchObject({ state: 'failed', error: 'States.Timeout' });
    expect(thrown).toBeUndefined();
  });

  it.each(['ABORTED', 'TIMED_OUT', 'FAILED'])(
    'notes that a compile has died which could not note it itself: %s',
    async (died) => {
      const { thrown, run } = await endWith({ runId, died });
      expect(thrown).toBeUndefined();
      expect(run).toMatchObject({
        state: 'failed',
        error: died,
        endedAt: clock().toISOString(),
        datasets: [],
      });
    },
  );

  it.each([
    ['it has told its end, which says more', { runId, error: 'States.Timeout' }, 'States.Timeout'],
    ['it ended well', work, undefined],
  ])('leaves a run as it is when it died after %s', async (_, ended, error) => {
    const { run } = await endWith(ended, { runId, died: 'FAILED' });
    expect(run?.error).toBe(error);
  });

  it('makes no run of an execution that never began one', async () => {
    const { thrown, run } = await endWith({ runId: 'another', died: 'ABORTED' });
    expect(thrown).toBeUndefined();
    expect(run).toMatchObject({ state: 'running' });
  });
});

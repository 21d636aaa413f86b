import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Compiler } from '../../../local/compiler.ts';
import { endInterruptedRuns } from '../../../local/interrupted-runs.ts';
import { openHome, type Home } from '../../../local/open-home.ts';
import { readRun, startRun } from '../../../shared/dataset/publish/compile-run.ts';
import { registryKey } from '../../../shared/store/keys.ts';
import { smallForm } from '../../support/network.ts';

let folder: string;
let home: Home;
const events: string[] = [];
let compiler: Compiler;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-compiler-'));
  home = await openHome(folder);
  await home.forms.putDraft('small', smallForm('members'));
  await home.forms.publish('small');
  compiler = new Compiler(folder, {
    onPublished: () => events.push('published'),
    onFailed: () => events.push('failed'),
    onVerified: ({ drift }) => events.push(`verified ${drift.length}`),
    onAbandoned: (runIds) => events.push(`abandoned ${runIds.join(' ')}`),
  });
});
afterAll(async () => {
  await compiler.close();
  home.close();
  await rm(folder, { recursive: true });
});

const stateOf = async (runId: string) => (await readRun(home.registry, runId))?.state;

async function request(...runIds: string[]): Promise<void> {
  for (const runId of runIds) await startRun(home.registry, home.clock, runId);
  for (const runId of runIds) compiler.request(runId);
}

/** Resolves when nothing is under way and nobody waits. */
async function untilIdle(...runIds: string[]): Promise<void> {
  for (;;) {
    const states = await Promise.all(runIds.map(stateOf));
    if (!states.includes('running')) return;
    await compiler.tick();
  }
}

describe('the thread that compiles', () => {
  it('ends the run that asked, with what it has published', async () => {
    await request('first');
    await untilIdle('first');
    expect(await readRun(home.registry, 'first')).toMatchObject({
      state: 'done',
      datasets: expect.arrayContaining([
        expect.objectContaining({ dataset: 'small', changed: true }),
      ]) as unknown,
    });
    expect(events[0]).toBe('published');
  });

  it('ends every run of many that ask at once, and never compiles twice at once', async () => {
    const runIds = Array.from({ length: 8 }, (_, index) => `many-${index}`);
    events.length = 0;
    await request(...runIds);
    await untilIdle(...runIds);
    expect(await Promise.all(runIds.map(stateOf))).toEqual(runIds.map(() => 'done'));
    // One for the first, one for all who came meanwhile.
    expect(events.length).toBeLessThanOrEqual(2);
  });

  it('says that a run failed, and goes on', async () => {
    const record = await home.registry.get(registryKey.form('small'));
    if (record === undefined) throw new Error('No form.');
    await home.registry.put({ ...record, versions: 'not JSON' });
    events.length = 0;
    await request('failing');
    await untilIdle('failing');
    expect(await stateOf('failing')).toBe('failed');
    expect(events).toContain('failed');
    await home.registry.put(record);
    await request('mended');
    await untilIdle('mended');
    expect(await stateOf('mended')).toBe('done');
  });

  it('verifies everything, repairs what differs and tells of it, between two compiles', async () => {
    const key = 'public/small.csv';
    expect(await home.objects.info(key)).toBeDefined();
    await home.objects.put(key, Buffer.from('x'), { contentType: 'text/plain' });
    events.length = 0;
    await Promise.all([compiler.verify(), request('meanwhile')]);
    await untilIdle('meanwhile');
    expect(events.filter((event) => event.startsWith('verified'))).toEqual(['verified 1']);
    expect(await stateOf('meanwhile')).toBe('done');
    events.length = 0;
    await compiler.verify();
    expect(events.at(-1)).toBe('verified 0');
  });

  it('says which runs it has abandoned when it dies', async () => {
    const file = join(folder, 'not-a-folder');
    await writeFile(file, '');
    const abandoned = new Promise((resolve) => {
      const doomed = new Compiler(file, {
        onPublished: () => undefined,
        onFailed: () => undefined,
        onVerified: () => undefined,
        onAbandoned: resolve,
      });
      doomed.request('doomed');
    });
    expect(await abandoned).toEqual(['doomed']);
  });

  it('stops in the middle when it is closed, and then does nothing more', async () => {
    const other = new Compiler(folder, {
      onPublished: () => undefined,
      onFailed: () => undefined,
      onVerified: () => undefined,
      onAbandoned: () => undefined,
    });
    const ticking = other.tick();
    await other.close();
    await ticking;
    await other.tick();
    other.request('never');
    expect(await stateOf('never')).toBeUndefined();
  });
});

describe('runs that a server left behind', () => {
  it('are ended when the next one starts', async () => {
    await startRun(home.registry, home.clock, 'left-behind');
    await endInterruptedRuns(home.registry, home.clock);
    expect(await readRun(home.registry, 'left-behind')).toMatchObject({
      state: 'failed',
      error: 'Interrupted',
    });
    expect(await stateOf('first')).toBe('done');
  });
});

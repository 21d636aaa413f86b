import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome } from '../../local/open-home.ts';
import { env } from '../../shared/config.ts';
import { readDatasetPointer } from '../../shared/dataset/versions/dataset-pointer.ts';
import { readManifest } from '../../shared/dataset/versions/read-datasets.ts';
import { versionFileKey } from '../../shared/dataset/versions/version-manifest.ts';
import { audiences } from '../../shared/form/model.ts';
import { hostileAnswers, hostileForm } from '../support/hostile-dataset.ts';
import { runTool } from '../support/local-tool.ts';

const kills = 10;
const dataset = 'hostile';
let folder: string;
let before: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-kill-'));
  before = join(folder, 'before');
  await tool(before, 'init');
  const form = join(folder, 'form.json');
  await writeFile(form, JSON.stringify(hostileForm));
  await tool(before, 'forms', 'put', form, '--id', dataset);
  await tool(before, 'forms', 'publish', dataset);
  await send(before, 0, 20);
  await tool(before, 'compile');
  await send(before, 20, 60);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tool(home: string, ...words: string[]): Promise<void> {
  const { code, err } = await runTool(home, words, 'en');
  if (code !== 0) throw new Error(`${words.join(' ')}: ${err}`);
}

async function send(home: string, from: number, to: number): Promise<void> {
  const file = join(folder, `rows-${from}.ndjson`);
  const rows = Array.from({ length: to - from }, (_, row) => {
    const instanceId = `hostile-${String(from + row).padStart(4, '0')}`;
    return JSON.stringify({ instanceId, answers: hostileAnswers(from + row) });
  });
  await writeFile(file, rows.join('\n'));
  await tool(
    home,
    'import',
    dataset,
    file,
    '--organisation',
    'coordination',
    '--state',
    'accepted',
  );
}

interface Ended {
  readonly killed: boolean;
  /** How often the folder of files changed. */
  readonly events: number;
}

/** `fiche compile` in a process of its own, killed hard at the n-th change of the folder of files. */
async function compileUntil(home: string, killAt: number): Promise<Ended> {
  let events = 0;
  const child = spawn(process.execPath, ['local/fiche.ts', 'compile'], {
    env: { ...process.env, [env.home]: home },
    stdio: 'ignore',
  });
  const watcher = watch(join(home, 'files'), { recursive: true }, () => {
    events += 1;
    if (events >= killAt) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  watcher.close();
  return { killed: child.signalCode === 'SIGKILL', events };
}

/** Every file that the current version of the dataset says it has, as bytes and hash. */
async function currentFiles(home: string): Promise<ReadonlyMap<string, string>> {
  const opened = await openHome(home);
  try {
    const pointer = await readDatasetPointer(opened.registry, dataset);
    const manifest = await readManifest(opened, dataset, 'coordinator');
    const found = new Map<string, string>();
    for (const audience of audiences) {
      for (const { name, sha256 } of manifest.audiences[audience]?.files ?? []) {
        const key = versionFileKey(dataset, manifest.version, audience, name);
        const stored = await opened.objects.get(key);
        const bytes = stored === undefined ? Buffer.alloc(0) : await buffer(stored);
        expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sha256);
        found.set(`${audience}/${name}`, bytes.toString('latin1'));
      }
    }
    expect(pointer?.version).toBe(manifest.version);
    return found;
  } finally {
    opened.close();
  }
}

const csvOf = (files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...files].filter(([name]) => name.endsWith('.csv'));

describe('kill -9 of a compile', () => {
  it('leaves every file of the old version or of the new one, and the next compile completes it', async () => {
    const old = csvOf(await currentFiles(before));
    const whole = join(folder, 'whole');
    await cp(before, whole, { recursive: true });
    const { events } = await compileUntil(whole, Number.POSITIVE_INFINITY);
    const next = csvOf(await currentFiles(whole));
    expect(next).not.toEqual(old);

    let killed = 0;
    for (let round = 1; round <= kills; round += 1) {
      const home = join(folder, `round-${round}`);
      await cp(before, home, { recursive: true });
      const ended = await compileUntil(home, Math.ceil((round * events) / kills));
      if (ended.killed) killed += 1;
      const left = csvOf(await currentFiles(home));
      expect([old, next], `round ${round}`).toContainEqual(left);
      await tool(home, 'compile');
      expect(csvOf(await currentFiles(home)), `round ${round}`).toEqual(next);
      await tool(home, 'verify');
      await rm(home, { recursive: true });
    }
    expect(killed).toBeGreaterThan(kills / 2);
  });
});

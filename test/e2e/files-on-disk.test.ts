import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { fixtureOf, retitled } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

const canary = 'un-titre-que-personne-ne-doit-retrouver';
const instanceId = 'uuid:5b6b1d5e-3e0a-4f0e-9d57-0c1a52c4a001';
const place = `/v1/forms/initiative/submissions/${instanceId}`;
const { answers } = fixtureOf('initiative').valid[0] ?? { answers: {} };

let home: string;
let umask: number;
let server: RunningServer | undefined;

/** A folder that was there before and that every user of the machine can read, as `mkdir` leaves it. */
beforeEach(async () => {
  umask = process.umask(0o022);
  home = await mkdtemp(join(tmpdir(), 'fiche-disk-'));
  await chmod(home, 0o755);
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  process.umask(umask);
  await rm(home, { recursive: true });
});

async function start(): Promise<Client> {
  server = await startServer({ home });
  return new Client(server.url, server.coordinatorToken);
}

function fiche(...words: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, FICHE_HOME: home, LANG: 'en_GB.UTF-8' };
    execFile(process.execPath, ['local/fiche.ts', ...words], { env }, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stderr });
    });
  });
}

/**
 * Another program that reads a state of the database, until it is ended. A process of its own: `holders`
 * closes the files that it has read, and with that a process loses all its locks on them.
 */
async function readBeside(): Promise<() => Promise<unknown>> {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1], { readOnly: true });
    database.exec('BEGIN; SELECT count(*) FROM submissions');
    process.stdout.write('reading');
    process.stdin.resume().on('end', () => database.exec('COMMIT'));`;
  const child = spawn(process.execPath, ['-e', script, join(home, 'fiche.sqlite')]);
  await once(child.stdout, 'data');
  return () => {
    child.stdin.end();
    return once(child, 'close');
  };
}

async function* below(folder: string): AsyncGenerator<string> {
  yield folder;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* below(path);
    else yield path;
  }
}

/** What others than the owner may read or do, and whatever is not as plain as 0600 and 0700. */
async function openToOthers(): Promise<string[]> {
  const open: string[] = [];
  for await (const path of below(home)) {
    const { mode } = await lstat(path);
    const right = (await lstat(path)).isDirectory() ? 0o700 : 0o600;
    if ((mode & 0o777) !== right)
      open.push(`${relative(home, path)} ${(mode & 0o777).toString(8)}`);
  }
  return open;
}

/** The files in which the canary stands. */
async function holders(): Promise<string[]> {
  const found: string[] = [];
  for await (const path of below(home)) {
    if ((await lstat(path)).isDirectory()) continue;
    if ((await readFile(path)).includes(canary)) found.push(relative(home, path));
  }
  return found;
}

/** A submission with the canary in its head, its history and the quarantine. */
async function send(coordinator: Client): Promise<void> {
  const { client } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  const titled = (end: string) => retitled(answers, `${canary} ${end}`);
  expect((await client.submit('initiative', instanceId, titled('1'))).status).toBe(201);
  expect((await client.submit('initiative', instanceId, titled('2'))).status).toBe(409);
  const edited = await client.put(place, { answers: titled('3') }, { 'if-match': '"1"' });
  expect(edited.status).toBe(200);
  expect(await holders()).not.toEqual([]);
}

describe('the files of an installation', () => {
  it('are their owner’s alone, in a folder that everybody could read', async () => {
    await mkdir(join(home, 'kept'), { mode: 0o755 });
    await writeFile(join(home, 'kept', 'notes.txt'), 'x', { mode: 0o644 });
    const coordinator = await start();
    await send(coordinator);
    expect((await coordinator.compile()).state).toBe('done');
    expect((await fiche('verify')).code).toBe(0);
    expect(await readdir(home)).toContain('fiche.sqlite-wal');
    expect(await openToOthers()).toEqual([]);
    await server?.kill();
    expect(await openToOthers()).toEqual([]);
  });

  it('are mended when an earlier release has left them open, or somebody has opened them since', async () => {
    await start();
    await server?.kill();
    for await (const path of below(home)) {
      await chmod(path, (await lstat(path)).isDirectory() ? 0o755 : 0o644);
    }
    await chmod(home, 0o700);
    expect((await fiche('status', '--url')).code).toBe(0);
    expect(await openToOthers()).toEqual([]);
    await chmod(home, 0o750);
    await chmod(join(home, 'coordinator.token'), 0o640);
    await start();
    expect(await openToOthers()).toEqual([]);
  });
});

describe('what was erased', () => {
  it('by a request is in no file any more when the answer comes', async () => {
    const coordinator = await start();
    await send(coordinator);
    expect((await coordinator.post(`${place}/erase`)).status).toBe(204);
    expect(await holders()).toEqual([]);
  });

  it('by the tool is in no file any more, beside a server and without', async () => {
    await send(await start());
    const erased = await fiche('erase', 'initiative', instanceId, '--yes');
    expect(erased.code, erased.stderr).toBe(0);
    expect(await holders()).toEqual([]);
    await server?.kill();
    expect(await holders()).toEqual([]);
  });

  it('while somebody reads goes from the log after them, and the tool and the server say so', async () => {
    await send(await start());
    const endReading = await readBeside();
    const erased = await fiche('erase', 'initiative', instanceId, '--yes');
    expect(erased.code).toBe(1);
    expect(erased.stderr).toContain('write-ahead log');
    expect(await holders()).toContain('fiche.sqlite-wal');
    expect((await fiche('verify')).stderr).toContain('write-ahead log');
    await expect.poll(() => server?.output(), { timeout: 60_000 }).toContain('"log-held"');
    await endReading();
    await expect.poll(holders, { timeout: 60_000, interval: 500 }).toEqual([]);
    await expect.poll(() => server?.output(), { timeout: 60_000 }).toContain('"log-emptied"');
    expect((await fiche('verify')).code).toBe(0);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import {
  datasetFiles,
  differing,
  erasedId,
  erasedText,
  fileOf,
  fillNetwork,
  submissionsOf,
  Transcript,
  whileSending,
  type Fiche,
} from '../support/restore-drill.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

let folder: string;
let home: string;
let server: RunningServer | undefined;

const transcript = new Transcript();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-drill-'));
  home = join(folder, 'home');
});
afterAll(async () => {
  process.stdout.write(`${String(transcript).replaceAll(folder, '…')}\n`);
  await server?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** `npm run fiche -- …` on the folder of the drill. */
const runFiche: Fiche = (...words) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['local/fiche.ts', ...words],
      { env: { ...process.env, FICHE_HOME: home, LANG: 'en_GB.UTF-8' }, maxBuffer: 2 ** 26 },
      (error, out, err) => {
        const code = error === null ? 0 : Number(error.code ?? 1);
        resolve({ code, out, output: out + err });
      },
    );
  });

/** Every byte under a folder that is not compressed, as one text. */
async function bytesUnder(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const bytes = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
  return Buffer.concat(bytes).toString('latin1');
}

describe('the restore drill, in a folder', () => {
  it('backs up beside submissions, loses the folder, restores it, and what was erased stays erased', async () => {
    const fiche = transcript.of(runFiche);
    const backup = join(folder, 'backup');
    server = await startServer({ home });
    const token = server.coordinatorToken;
    const before = new Client(server.url, token);
    transcript.step('a network at work; submissions go on while it is backed up');
    const member = await fillNetwork(before);
    const first = await whileSending(member, () => fiche('backup', '--to', backup));
    expect(first.code, first.output).toBe(0);
    transcript.step('the next one copies only what is new');
    expect((await fiche('backup', '--to', backup)).code).toBe(0);
    expect((await fiche('backup', '--to', backup, '--check')).code).toBe(0);

    transcript.step('after it, one is erased');
    const erased = await fiche('erase', 'drill', erasedId, '--yes');
    expect(erased.code, erased.output).toBe(0);
    expect((await fiche('backup', '--to', backup, '--erasures-only')).code).toBe(0);
    expect((await before.compile()).state).toBe('done');
    const submissions = await submissionsOf(before);
    const files = await datasetFiles(before);

    transcript.step('kill -9, and the folder is gone');
    await server.end('SIGKILL');
    await rm(home, { recursive: true });
    const restored = await fiche('restore', '--from', backup);
    expect(restored.code, restored.output).toBe(0);
    expect(restored.output).toContain('Erasures applied again: 1.');
    expect((await fiche('compile')).code).toBe(0);
    const verified = await fiche('verify');
    expect(verified.code, verified.output).toBe(0);
    expect(await bytesUnder(home)).not.toContain(Buffer.from(erasedText).toString('latin1'));

    // The operator kept the token: only its hash is in a backup.
    await writeFile(join(home, 'coordinator.token'), token);
    server = await startServer({ home });
    const after = new Client(server.url, token);
    expect(await submissionsOf(after)).toEqual(submissions);
    expect(differing(files, await datasetFiles(after))).toEqual([]);
    expect(await fileOf(after, 'drill-with-file')).toEqual([200, '%PDF-1.4\n% Titre et liste\n']);
    expect((await fileOf(after, erasedId))[0]).toBe(410);
    const again = await new Client(server.url, member.token).submit('drill', erasedId, {
      title: erasedText,
    });
    expect(again.status).toBe(410);
  });
});

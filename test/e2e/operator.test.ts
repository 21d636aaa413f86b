import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { fixtureOf } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

let server: RunningServer;
let coordinator: Client;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-operator-'));
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
});
afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run fiche -- …`, beside the running server. */
function fiche(...words: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['local/fiche.ts', ...words],
      { env: { ...process.env, FICHE_HOME: server.home, LANG: 'en_GB.UTF-8' }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      },
    );
  });
}

describe('the operator, beside a running server', () => {
  it('imports a file, is told of every refused row, and can do it twice', async () => {
    const { answers } = fixtureOf('initiative').valid[0] ?? { answers: {} };
    const rows = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({ instanceId: `imported-${String(index).padStart(4, '0')}`, answers }),
    );
    rows[10] = '{ this is not JSON';
    rows[20] = JSON.stringify({ instanceId: 'imported-0020', answers: { unheard_of: 1 } });
    const file = join(folder, 'initiatives.ndjson');
    await writeFile(file, rows.join('\n'));
    const first = await fiche('import', 'initiative', file, '--organisation', 'ong-alpha');
    expect(first.code, first.stderr).toBe(1);
    expect(first.stdout + first.stderr).toContain('298');
    const report = (await readFile(`${file}.refused.ndjson`, 'utf8')).trim().split('\n');
    expect(report.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([11, 21]);
    const second = await fiche('import', 'initiative', file, '--organisation', 'ong-alpha');
    expect(second.code).toBe(1);
    const listed = await coordinator.all('/v1/forms/initiative/submissions?limit=200');
    expect(listed).toHaveLength(298);
  });

  it('compiles, exports and verifies', async () => {
    const compiled = await fiche('compile');
    expect(compiled.code, compiled.stderr).toBe(0);
    const out = join(folder, 'out.csv');
    const exported = await fiche('export', 'initiative', '--format', 'csv', '--out', out);
    expect(exported.code, exported.stderr).toBe(0);
    const rows = parse(await readFile(out), { bom: true, columns: true });
    expect(rows).toHaveLength(298);
    const verified = await fiche('verify');
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('is told that a second server may not open the same folder', async () => {
    await expect(startServer({ home: server.home })).rejects.toThrow(/déjà|already/);
  });

  it('gets help for words that the tool does not know', async () => {
    const outcome = await fiche('compil');
    expect(outcome.code).not.toBe(0);
    expect(outcome.stdout + outcome.stderr).toContain('compile');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { newFolder } from './synthesise.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const refuseNetwork = new URL('../support/refuse-network.ts', import.meta.url);

/** In which the CDK notes how long it took. */
const timings = 'performance-counters.json';

/** What synthesis may read: the sources, at another place than this one. */
function copyOfSources(): string {
  const folder = newFolder();
  for (const name of ['cdk.json', 'package.json', 'tsconfig.json', ...sources]) {
    if (existsSync(join(root, name))) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
const sources = ['forms', 'functions', 'infra', 'shared', 'web'];

interface Synthesis {
  readonly code: number | null;
  readonly output: string;
  /** What was asked of a network. */
  readonly asked: string;
  /** The assembly's files by their names. */
  readonly files: ReadonlyMap<string, string>;
}

/** `cdk synth` with nothing in its environment but where Node.js is: no credentials, no region, no Docker. */
async function synth(words: readonly string[] = []): Promise<Synthesis> {
  const folder = copyOfSources();
  const log = join(folder, 'network.log');
  writeFileSync(log, '');
  const cdk = join(folder, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [cdk, 'synth', '--quiet', ...words], {
    cwd: folder,
    env: {
      PATH: dirname(process.execPath),
      HOME: newFolder(),
      NETWORK_LOG: log,
      NODE_OPTIONS: `--import=${refuseNetwork.href}`,
      // For what opens no socket by Node.js: nothing listens there.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  });
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const made = join(folder, 'cdk.out');
  const names = existsSync(made) ? readdirSync(made, { recursive: true, withFileTypes: true }) : [];
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => basename(file) !== timings)
    // Beside the templates the CDK notes where in the sources a warning comes from.
    .map((file): [string, string] => [
      relative(made, file),
      readFileSync(file, 'latin1').replaceAll(folder, ''),
    ]);
  return {
    code: child.exitCode,
    output: out + error,
    asked: readFileSync(log, 'utf8'),
    files: new Map(files.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

describe('synthesis', () => {
  it('needs no credentials, no network and no Docker, and gives the same files at any place', async () => {
    const one = await synth();
    expect(one.output).not.toMatch(/error/i);
    expect([one.code, one.asked]).toEqual([0, '']);
    expect([...one.files.keys()].join(' ')).toMatch(/fiche-data\.template\.json.*fiche-service/);
    const other = await synth();
    expect([...other.files.keys()]).toEqual([...one.files.keys()]);
    const differing = [...one.files].filter(([name, bytes]) => other.files.get(name) !== bytes);
    expect(differing.map(([name]) => name)).toEqual([]);
  }, 600_000);
});

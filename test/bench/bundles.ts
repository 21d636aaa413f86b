import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunction } from '../../infra/bundle.ts';
import { doors } from '../../shared/http/operations/operation.ts';
import { env } from '../../shared/config.ts';
import { median, type Bench, type Figure } from './figures.ts';

const runs = 15;
const run = promisify(execFile);

/** Milliseconds that importing a module takes in a new process. */
async function importTime(file: string): Promise<number> {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`;
  const names = Object.values(env).map((name) => [name, 'bench'] as const);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_SERVICE_NAME: 'fiche',
      POWERTOOLS_METRICS_NAMESPACE: 'Fiche',
      ...Object.fromEntries(names),
    },
  });
  return Number(stdout.trim().split('\n').at(-1));
}

interface Written {
  readonly name: string;
  readonly file: string;
  /** KB of code that a cold start loads, and of all code, that which is loaded on demand too. */
  readonly atStart: number;
  readonly inAll: number;
}

async function writeBundle(name: string, folder: string): Promise<Written> {
  const { files, startBytes, bytes } = await bundleFunction(`functions/${name}/index.ts`);
  await mkdir(folder);
  for (const { name: part, contents } of files) await writeFile(join(folder, part), contents);
  const file = join(folder, 'index.mjs');
  return { name, file, atStart: startBytes / 1024, inAll: bytes / 1024 };
}

/** The document client alone, as esbuild bundles it without any care of ours. */
async function writeFloor(folder: string): Promise<string> {
  const outfile = join(folder, 'floor.mjs');
  await build({
    entryPoints: ['test/bench/document-client.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as benchCreateRequire}from'node:module';const require=benchCreateRequire(import.meta.url);",
    },
  });
  return outfile;
}

export const bundlesBench: Bench = {
  name: 'bundles',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    try {
      const floor = await writeFloor(folder);
      const names = (await readdir('functions', { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      const bundles: Written[] = [];
      for (const name of names) {
        bundles.push(await writeBundle(name, join(folder, name)));
      }
      const times = new Map<string, number[]>([...names, 'floor'].map((name) => [name, []]));
      for (let index = 0; index < runs; index += 1) {
        times.get('floor')?.push(await importTime(floor));
        for (const { name, file } of bundles) times.get(name)?.push(await importTime(file));
      }
      const floorMs = median(times.get('floor') ?? []);
      return bundles.flatMap(({ name, atStart, inAll }): Figure[] => {
        const ms = median(times.get(name) ?? []);
        return [
          {
            what: `bundle of ${name}: what a cold start loads`,
            measured: `${atStart.toFixed(0)} KB (${inAll.toFixed(0)} KB with what is loaded on demand)`,
            baseline: '–',
            value: atStart,
            unit: 'KB',
            // For a step of a compile, which has the writers of every format, nobody waits.
            target: { atMost: doors.some((door) => door === name) ? 600 : 720 },
          },
          {
            what: `import of ${name}`,
            measured: `${ms.toFixed(0)} ms`,
            baseline: `document client: ${floorMs.toFixed(0)} ms`,
            value: ms / floorMs,
            unit: '×',
            target: { atMost: 1.6 },
          },
        ];
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

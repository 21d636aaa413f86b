import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunction } from '../../infra/bundle.ts';
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

/** Writes a bundle into a folder; gives its entry and the bytes of all its code. */
async function writeBundle(
  source: string,
  folder: string,
): Promise<{ file: string; bytes: number }> {
  const { files, bytes } = await bundleFunction(source);
  await mkdir(folder);
  for (const { name, contents } of files) await writeFile(join(folder, name), contents);
  return { file: join(folder, 'index.mjs'), bytes };
}

export const bundlesBench: Bench = {
  name: 'bundles',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    try {
      const floor = await writeBundle('test/bench/document-client.ts', join(folder, 'floor'));
      const names = (await readdir('functions', { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      const bundles: { name: string; file: string; kilobytes: number }[] = [];
      for (const name of names) {
        const { file, bytes } = await writeBundle(`functions/${name}/index.ts`, join(folder, name));
        bundles.push({ name, file, kilobytes: bytes / 1024 });
      }
      const times = new Map<string, number[]>([...names, 'floor'].map((name) => [name, []]));
      for (let index = 0; index < runs; index += 1) {
        times.get('floor')?.push(await importTime(floor.file));
        for (const { name, file } of bundles) times.get(name)?.push(await importTime(file));
      }
      const floorMs = median(times.get('floor') ?? []);
      return bundles.flatMap(({ name, kilobytes }): Figure[] => {
        const ms = median(times.get(name) ?? []);
        return [
          {
            what: `bundle of ${name}, minified`,
            measured: `${kilobytes.toFixed(0)} KB`,
            baseline: '–',
            value: kilobytes,
            unit: 'KB',
            target: { atMost: 600 },
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

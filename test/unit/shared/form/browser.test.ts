import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

/** Wings of which a page runs every file. */
const wings = ['types', 'expression', 'lists', 'compile', 'validate'];

/** Loaded by expression/engines.ts alone. */
const engines = new Set(['expression/pattern.ts', 'expression/text-digest.ts']);

const folder = join(process.cwd(), 'shared/form');

/** A page that runs all of the wings. */
async function bundle(): Promise<Metafile> {
  const files = wings.flatMap((wing) =>
    readdirSync(join(folder, wing), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(wing, file))
      .filter((file) => !engines.has(file)),
  );
  const { metafile } = await build({
    stdin: {
      contents: files.map((file, index) => `export * as part${index} from './${file}';`).join('\n'),
      resolveDir: folder,
    },
    platform: 'browser',
    format: 'esm',
    outdir: 'page',
    bundle: true,
    splitting: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return metafile;
}

/** The name of the package that an input is of; undefined for a file of ours. */
function packageOf(input: string): string | undefined {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1];
}

describe('what a page runs of forms', () => {
  let page: Metafile;

  beforeAll(async () => {
    page = await bundle();
  });

  it('brings no library but the engines of expressions, and nothing of Node', () => {
    const packages = new Set(Object.keys(page.inputs).map(packageOf));
    packages.delete(undefined);
    expect([...packages].sort()).toEqual(['@noble/hashes', 're2js']);
    const imported = Object.values(page.inputs).flatMap(({ imports }) => imports);
    expect(imported.filter(({ external }) => external)).toEqual([]);
  });

  it('loads an engine from a file of its own, when a form uses it', () => {
    const entry = Object.keys(page.outputs).find((output) => page.outputs[output]?.entryPoint);
    const loadedAtOnce = new Set<string>();
    const visit = (output: string): void => {
      if (loadedAtOnce.has(output)) return;
      loadedAtOnce.add(output);
      for (const { path, kind } of page.outputs[output]?.imports ?? []) {
        if (kind !== 'dynamic-import') visit(path);
      }
    };
    visit(entry ?? '');
    const packages = [...loadedAtOnce].flatMap((output) =>
      Object.keys(page.outputs[output]?.inputs ?? {}).flatMap((input) => packageOf(input) ?? []),
    );
    expect(loadedAtOnce.size).toBeGreaterThan(0);
    expect(packages).toEqual([]);
  });
});

/** Bundles one function for Lambda. The CDK app, the size test and the bench all come here. */

import { build, type BuildOptions, type Metafile } from 'esbuild';
import { basename, join } from 'node:path';
import {
  environmentCredentials,
  ownModules,
  packageVersion,
  plainSchemaKeys,
} from './bundle-plugins.ts';
import { onDemand, onDemandFile, onDemandInput, onDemandPackages } from './on-demand-packages.ts';
import { repositoryRoot } from './repository-root.ts';

interface BundleFile {
  /** Without a folder: everything of a bundle lies side by side. */
  readonly name: string;
  readonly contents: Uint8Array;
}

export interface Bundle {
  /** Code and source maps. `index.mjs` is the entry. */
  readonly files: readonly BundleFile[];
  /** Bytes of minified code that a cold start loads: the entry and what it imports statically. */
  readonly startBytes: number;
  /** Bytes of minified code in all, with the parts that are imported only when they are needed. */
  readonly bytes: number;
}

const common = {
  absWorkingDir: repositoryRoot,
  write: false,
  bundle: true,
  minify: true,
  charset: 'utf8',
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The packages that stubs load, each as one CommonJS file. */
async function bundlePackages(names: readonly string[]): Promise<BundleFile[]> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: Object.fromEntries(names.map((name) => [onDemandFile(name), name])),
    outdir: join(repositoryRoot, 'dist'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
}

/**
 * Bundles the module at `entry` (path from the repository's root) with all that it imports, the
 * AWS SDK too, as minified ES modules for Node.js 24.
 * Writes nothing. The same sources give the same bytes, wherever they lie.
 */
export async function bundleFunction(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { index: entry },
    // Never written: the folder only fixes what the paths in the source maps are relative to.
    outdir: join(repositoryRoot, 'dist'),
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    // `module` first: CommonJS builds cannot be shaken and are 200 KB larger in all.
    mainFields: ['module', 'main'],
    // Some dependencies still call require(). A short name would collide with a minified one.
    banner: {
      js: `import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);`,
    },
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // Reached by the SDK in a browser only.
    external: ['bowser'],
    plugins: [environmentCredentials, plainSchemaKeys, packageVersion, onDemand, ownModules],
  });
  const inputs = new Set(Object.keys(metafile.inputs));
  const packages = await bundlePackages(
    onDemandPackages.filter((name) => inputs.has(onDemandInput(name))),
  );
  const files = outputFiles
    .map(({ path, contents }) => ({ name: basename(path), contents }))
    .concat(packages)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const start = startOf(metafile);
  return {
    files,
    startBytes: bytesOf(files, (name) => start.has(name)),
    bytes: bytesOf(files, (name) => !name.endsWith('.map')),
  };
}

function bytesOf(files: readonly BundleFile[], counts: (name: string) => boolean): number {
  return files
    .filter(({ name }) => counts(name))
    .reduce((bytes, { contents }) => bytes + contents.length, 0);
}

/** The names of the files that are loaded at once: the entry and what it imports statically. */
function startOf({ outputs }: Metafile): ReadonlySet<string> {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const start = new Set<string>();
  const visit = (name: string): void => {
    if (start.has(name)) return;
    start.add(name);
    for (const { path, kind, external } of byName.get(name)?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(basename(path));
    }
  };
  visit('index.mjs');
  return start;
}

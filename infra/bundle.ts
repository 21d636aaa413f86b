/** Bundles one function for Lambda. The CDK app, the size test and the bench all come here. */

import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';

/** The folder that holds package.json. */
const repositoryRoot = dirname(import.meta.dirname);

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
 * AWS SDK too, as minified ES modules for Node.js 24. Writes nothing. The same sources give the same bytes, wherever they lie.
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

/** What esbuild is told about the SDK and about our own modules, so that bundles stay small. */

/**
 * A function's credentials stand in its environment. The SDK's default chain would bring the code
 * for SSO, profiles, processes and instance metadata as well: 110 KB that no function can reach.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: 'environment-credentials',
      namespace: 'fiche',
    }));
    esbuild.onLoad({ filter: /^environment-credentials$/, namespace: 'fiche' }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: repositoryRoot,
    }));
  },
};

/**
 * The SDK's schemas name their traits by constants (`{ [_hE]: 404 }`), and a computed key might
 * have effects, so esbuild keeps every schema of a client. With the keys written out, those of
 * operations that nobody calls fall away: 50 KB of S3's.
 */
const plainSchemaKeys: Plugin = {
  name: 'plain-schema-keys',
  setup(esbuild) {
    esbuild.onLoad(
      { filter: /client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\][^/\\]+\.js$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const constants = new Map(
          [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [
            name,
            text,
          ]),
        );
        const contents = source.replace(/\[(\w+)\]:/g, (key, name: string) => {
          const text = constants.get(name);
          return text === undefined ? key : `${text}:`;
        });
        return { contents };
      },
    );
  },
};

/** Of package.json, the SDK's and ours, a function has the version alone: the rest are kilobytes that change often. */
const packageVersion: Plugin = {
  name: 'package-version',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[/\\]package\.json$/ }, async ({ path }) => {
      const { version } = Package.parse(JSON.parse(await readFile(path, 'utf8')));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

const Package = z.object({ version: z.string() });

/** Our own modules do nothing when they are loaded: what nobody uses of them can be left out. */
const ownModules: Plugin = {
  name: 'own-modules',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
  },
};

/**
 * Packages that few requests need and that are slow to load: a stub in their place loads them, from
 * a file beside the bundle, when something of theirs is first used. Loading is synchronous, so that
 * the code which uses them is the same in the browser, where they are loaded at once.
 */
const onDemandPackages = ['@fastify/busboy', '@noble/hashes/sha2.js', 'yaml'] as const;

/** The name of the file, without its ending, that a package is loaded from. */
function onDemandFile(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '');
}

const namespace = 'on-demand';

/** How a package that a stub stands for is called among the inputs of a build. */
function onDemandInput(name: string): string {
  return `${namespace}:${name}`;
}

function stubOf(name: string, exported: readonly string[]): string {
  const names = exported.filter(
    (export_) => /^[A-Za-z_]\w*$/.test(export_) && export_ !== 'default',
  );
  return `
    let loaded;
    const load = () => (loaded ??= require('./${onDemandFile(name)}.cjs'));
    const lazy = (name) => new Proxy(function () {}, {
      get: (_, key) => {
        const of = load()[name];
        return typeof of[key] === 'function' ? of[key].bind(of) : of[key];
      },
      apply: (_, self, values) => Reflect.apply(load()[name], self, values),
      construct: (_, values, made) => Reflect.construct(load()[name], values, made),
    });
    ${names.map((export_) => `export const ${export_} = /* @__PURE__ */ lazy('${export_}');`).join('\n')}
  `;
}

/** Puts stubs, which stand for functions and classes, in the place of the packages. */
const onDemand: Plugin = {
  name: namespace,
  setup(esbuild) {
    const filter = new RegExp(`^(${onDemandPackages.join('|').replaceAll('.', '\\.')})$`);
    esbuild.onResolve({ filter }, ({ path }) => ({ path, namespace, sideEffects: false }));
    esbuild.onResolve({ filter: /\.cjs$/, namespace }, ({ path }) => ({ path, external: true }));
    esbuild.onLoad({ filter: /./, namespace }, async ({ path }) => ({
      contents: stubOf(path, Object.keys((await import(path)) as object)),
      resolveDir: repositoryRoot,
    }));
  },
};

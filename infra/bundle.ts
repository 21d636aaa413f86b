/** Bundles one function for Lambda. The CDK app, the size test and the bench all come here. */

import { build, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export interface BundleFile {
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
      resolveDir: root,
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

/**
 * Bundles the module at `entry` (path from the repository's root) with all that it imports, the
 * AWS SDK too, as minified ES modules for Node.js 24. Writes nothing. The same sources give the
 * same bytes, wherever they lie.
 */
export async function bundleFunction(entry: string): Promise<Bundle> {
  const outdir = join(root, 'dist');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { index: entry },
    // Never written: the folder only fixes what the paths in the source maps are relative to.
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node24',
    // `module` first: CommonJS builds cannot be shaken and are 200 KB larger in all.
    mainFields: ['module', 'main'],
    // Some dependencies still call require(). A short name would collide with a minified one.
    banner: {
      js: `import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);`,
    },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    // Reached by the SDK in a browser only.
    external: ['bowser'],
    plugins: [environmentCredentials, plainSchemaKeys],
  });
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]),
  );
  const start = new Set<string>();
  const visit = (name: string): void => {
    if (start.has(name)) return;
    start.add(name);
    for (const { path, kind, external } of outputs.get(name)?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(basename(path));
    }
  };
  visit('index.mjs');
  const files = outputFiles
    .map(({ path, contents }) => ({ name: basename(path), contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const code = files.filter(({ name }) => name.endsWith('.mjs'));
  const sum = (some: readonly BundleFile[]): number =>
    some.reduce((bytes, { contents }) => bytes + contents.length, 0);
  return { files, startBytes: sum(code.filter(({ name }) => start.has(name))), bytes: sum(code) };
}

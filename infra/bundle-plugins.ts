/** What esbuild is told about the SDK and about our own modules, so that bundles stay small. */

import type { Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { repositoryRoot } from './repository-root.ts';

/**
 * A function's credentials stand in its environment. The SDK's default chain would bring the code
 * for SSO, profiles, processes and instance metadata as well: 110 KB that no function can reach.
 */
export const environmentCredentials: Plugin = {
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
export const plainSchemaKeys: Plugin = {
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
export const packageVersion: Plugin = {
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
export const ownModules: Plugin = {
  name: 'own-modules',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
  },
};

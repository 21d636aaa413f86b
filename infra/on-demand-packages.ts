import type { Plugin } from 'esbuild';
import { repositoryRoot } from './repository-root.ts';

/**
 * Packages that few requests need and that are slow to load: a stub in their place loads them, from
 * a file beside the bundle, when something of theirs is first used. Loading is synchronous, so that
 * the code which uses them is the same in the browser, where they are loaded at once.
 */
export const onDemandPackages = ['@fastify/busboy', '@noble/hashes/sha2.js', 'yaml'] as const;

/** The name of the file, without its ending, that a package is loaded from. */
export function onDemandFile(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '');
}

const namespace = 'on-demand';

/** How a package that a stub stands for is called among the inputs of a build. */
export function onDemandInput(name: string): string {
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
export const onDemand: Plugin = {
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

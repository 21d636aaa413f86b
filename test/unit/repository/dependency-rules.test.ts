import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cruise, type ICruiseOptions } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import configuration, { floors } from '../../../.dependency-cruiser.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-rules-'));
  await cp('package.json', join(folder, 'package.json'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** The rules that a small tree of files breaks, by name. */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
  const { options, forbidden } = configuration;
  const settings = {
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden },
    doNotFollow: options?.doNotFollow,
    tsPreCompilationDeps: true,
    enhancedResolveOptions: options?.enhancedResolveOptions,
  } as ICruiseOptions;
  const { output } = await cruise(
    tops.filter((top) => top !== 'node_modules'),
    settings,
  );
  if (typeof output === 'string') throw new Error('The cruise gave a text, not a result.');
  return [...new Set(output.summary.violations.map(({ rule }) => rule.name))].sort();
}

const leaf = 'export const leaf = 1;\n';

describe('the dependency rules', () => {
  it('let the direction of the design pass', async () => {
    const files = {
      'shared/form/leaf.ts': leaf,
      'functions/door/index.ts': "export { leaf } from '../../shared/form/leaf.ts';\n",
      'local/start.ts': "export { leaf } from '../functions/door/index.ts';\n",
    };
    expect(await brokenRules(files)).toEqual([]);
  });

  it.each([
    ['shared-is-the-base', 'shared/a.ts', 'functions/b.ts', '../functions/b.ts'],
    ['functions-know-shared-only', 'functions/a.ts', 'local/b.ts', '../local/b.ts'],
    ['infra-knows-names-only', 'infra/a.ts', 'shared/form/b.ts', '../shared/form/b.ts'],
    ['web-knows-forms-only', 'web/a.ts', 'shared/store/b.ts', '../shared/store/b.ts'],
    ['nothing-reads-tests', 'shared/a.ts', 'test/b.ts', '../test/b.ts'],
    ['sdk-in-adapters-only', 'shared/a.ts', 'node_modules/@aws-sdk/x/index.js', '@aws-sdk/x'],
  ])('catch a break of %s', async (rule, importer, imported, specifier) => {
    const files = {
      'node_modules/@aws-sdk/x/package.json': '{"name":"@aws-sdk/x","main":"index.js"}',
      [imported]: leaf,
      [importer]: `export { leaf } from '${specifier}';\n`,
    };
    expect(await brokenRules(files)).toContain(rule);
  });

  it('catch a wing that imports the floor above it, whichever it is', async () => {
    const files = floors.flatMap(([folder = ''], floor): [string, string][] => {
      const above = floors[floor + 1]?.[0];
      const up = above === undefined ? '' : relative(folder, above);
      return [
        [`${folder}/leaf.ts`, leaf],
        ...(above === undefined
          ? []
          : [
              [
                `${folder}/a.ts`,
                `export { leaf } from '${up.startsWith('.') ? '' : './'}${up}/leaf.ts';\n`,
              ] as [string, string],
            ]),
      ];
    });
    const broken = floors
      .slice(0, -1)
      .map(([folder = '']) => `floor-${folder.replaceAll('/', '-')}`);
    const found = await brokenRules(Object.fromEntries(files));
    expect(found.filter((name) => name.startsWith('floor-'))).toEqual([...broken].sort());
  });

  it('catch a folder that stands on no floor', async () => {
    const files = {
      'shared/leaf.ts': leaf,
      'shared/attic/a.ts': "export { leaf } from '../leaf.ts';\n",
    };
    expect(await brokenRules(files)).toContain('shared-has-floors');
  });

  it('catch a circle', async () => {
    const files = {
      'shared/a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();\n",
      'shared/b.ts': "import { a } from './a.ts';\nexport const b = (): number => a();\n",
    };
    expect(await brokenRules(files)).toContain('no-circular');
  });
});

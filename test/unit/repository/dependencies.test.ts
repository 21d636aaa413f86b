import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});
const Locked = z.object({
  version: z.string(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  dev: z.boolean().default(false),
  inBundle: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
});
const Lockfile = z.object({ packages: z.record(z.string(), z.unknown()) });
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const { dependencies, devDependencies, allowScripts } = Manifest.parse(read('package.json'));
const locked = Object.entries(Lockfile.parse(read('package-lock.json')).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    ...Locked.parse(entry),
  }));

describe('package.json', () => {
  it.each(Object.entries({ ...dependencies, ...devDependencies }))(
    'asks for one version of %s, from the registry',
    (_name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );

  it('says of every package that has scripts whether they may run', () => {
    const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript);
    expect(Object.keys(allowScripts).sort()).toEqual(scripted.map(({ name }) => name).sort());
  });
});

/** What of an entry could let another package in than the one that was looked at. */
function unsafe({ integrity, resolved, inBundle }: z.infer<typeof Locked>): boolean {
  // What lies in another package's archive is covered by that one's hash.
  if (!inBundle && integrity?.startsWith('sha512-') !== true) return true;
  return resolved !== undefined;
}

describe('the lockfile', () => {
  it('knows every package by its hash, and names no place to take it from', () => {
    expect(locked.length).toBeGreaterThan(400);
    expect(locked.filter(unsafe)).toEqual([]);
  });

  it.each([
    { integrity: undefined },
    { integrity: 'sha1-x' },
    { integrity: 'sha512-x', resolved: 'https://registry.example.org/x.tgz' },
    { integrity: 'sha512-x', resolved: 'git+ssh://git@github.com/x/x.git#1' },
  ])('would not pass with %o', (entry) => {
    expect(unsafe(Locked.parse({ version: '1.0.0', ...entry }))).toBe(true);
  });
});

const permissive = new Set(
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 BlueOak-1.0.0 Unlicense CC0-1.0'.split(
    ' ',
  ),
);
/** Used unchanged and never handed on: tools, and what they bring. */
const excepted: Readonly<Record<string, RegExp>> = {
  'MPL-2.0': /^(ical\.js|lightningcss(-[\w-]+)?)$/,
  '(MIT OR GPL-3.0-or-later)': /^case$/,
};

describe('licences', () => {
  const others = locked.filter(({ license }) => license === undefined || !permissive.has(license));

  it('are permissive, of all that is installed with --omit=dev', () => {
    expect(others.filter(({ dev }) => !dev)).toEqual([]);
  });

  it('are permissive of tools, too, or excepted by name', () => {
    const isExcepted = ({ name, license = '' }: (typeof others)[number]) =>
      excepted[license]?.test(name) === true;
    expect(others.filter((entry) => !isExcepted(entry))).toEqual([]);
  });
});

describe('the bill of materials', () => {
  it('can be made, and names every package of production', () => {
    const made = execFileSync('npm', ['run', '--silent', 'sbom']).toString();
    const Sbom = z.object({ components: z.array(z.object({ 'bom-ref': z.string() })) });
    const listed = Sbom.parse(JSON.parse(made)).components.map((component) => component['bom-ref']);
    const production = locked.filter(({ dev }) => !dev);
    expect(listed).toEqual(
      expect.arrayContaining(production.map(({ name, version }) => `${name}@${version}`)),
    );
  });
});

describe('the Node.js that npm installs', () => {
  const hashes = new Map(
    readFileSync('local/node-binaries.sha256', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/).reverse() as [string, string]),
  );

  it('has a known hash on Linux, on both kinds of processor, for the version in package.json', () => {
    const version = dependencies['node'] ?? '';
    expect([...hashes.keys()].sort()).toEqual(
      ['arm64', 'x64'].map((arch) => `node-linux-${arch}@${version}`),
    );
  });

  // The binary comes by a script of the package `node`, so the lockfile does not know its hash.
  it('is the one whose hash is known', (context) => {
    const binary = 'node_modules/node/bin/node';
    expect(existsSync(binary)).toBe(true);
    const name = `node-${process.platform}-${process.arch}@${dependencies['node'] ?? ''}`;
    const expected = hashes.get(name);
    if (expected === undefined) {
      context.skip(`${name} is not checked: local/node-binaries.sha256 has no hash of it`);
    }
    expect(createHash('sha256').update(readFileSync(binary)).digest('hex')).toBe(expected);
  });
});

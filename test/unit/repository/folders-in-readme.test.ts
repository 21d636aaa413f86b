import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const tops = ['shared', 'functions', 'infra', 'local'];
const folders = tops.flatMap((top) => [
  `${top}/`,
  ...readdirSync(top, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${top}/${name}/`),
]);

it('README.md has a sentence for every folder of the first two levels, and for no other', () => {
  const items = readFileSync('README.md', 'utf8').matchAll(/^ *- `([\w/-]+\/)`: \S.+/gm);
  const described = [...items].map(([, folder]) => folder ?? '');
  const ofTops = described.filter((folder) => tops.some((top) => folder.startsWith(`${top}/`)));
  expect(ofTops.sort()).toEqual(folders.sort());
});

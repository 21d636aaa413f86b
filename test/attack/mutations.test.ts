import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutations, type Mutation } from './mutations.ts';

const root = join(import.meta.dirname, '../..');
let copies: string;

beforeAll(async () => {
  copies = await mkdtemp(join(tmpdir(), 'fiche-mutations-'));
});
afterAll(() => rm(copies, { recursive: true }));

/** What the attacks need, by itself, so that one rule can be broken in it. */
async function copyOf(name: string): Promise<string> {
  const copy = join(copies, name);
  await mkdir(copy);
  for (const part of ['package.json', 'shared', 'test/attack', 'test/support']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function breakRule(copy: string, { file, find, replace }: Mutation): Promise<void> {
  const path = join(copy, file);
  const parts = (await readFile(path, 'utf8')).split(find);
  if (parts.length !== 2) throw new Error(`Found ${parts.length - 1} times in ${file}: ${find}`);
  await writeFile(path, parts.join(replace));
}

/** Names of the attacks that found something; throws if the attacks could not be made. */
function attack(copy: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const script = join(copy, 'test/attack/run.ts');
    execFile(process.execPath, [script], { cwd: copy }, (error, stdout, stderr) => {
      const found = [...stdout.matchAll(/^(\w[\w ]*): \d+$/gm)].map(([, name = '']) => name);
      if ((error === null) === (found.length === 0)) resolve(found);
      else reject(new Error(`${stdout}\n${stderr}`));
    });
  });
}

describe('the attacks', () => {
  it.concurrent('find nothing while every rule holds', async () => {
    expect(await attack(await copyOf('whole'))).toEqual([]);
  });

  it.concurrent.each(mutations.map((mutation, index) => [mutation.rule, mutation, index] as const))(
    'find what happens unless %s',
    async (_, mutation, index) => {
      const copy = await copyOf(String(index));
      await breakRule(copy, mutation);
      const found = await attack(copy);
      expect(found.filter((name) => mutation.foundBy.some((by) => by === name))).not.toEqual([]);
    },
  );
});

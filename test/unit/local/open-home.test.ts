import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../../../local/open-home.ts';
import { runTool, temporaryFolder } from '../../support/local-tool.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

const file = (): string => join(folder.path, 'keys.json');

async function fingerprint(): Promise<string> {
  const home = await openHome(folder.path);
  home.close();
  return home.keys.fingerprint;
}

describe('the secret of a folder', () => {
  it('is made with the folder, for its owner alone, and stays', async () => {
    const made = await fingerprint();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await fingerprint()).toBe(made);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('keys.'))).toEqual([
      'keys.json',
    ]);
  });

  it('is one, though several make it at the same time', async () => {
    const made = await Promise.all([fingerprint(), fingerprint(), fingerprint()]);
    expect(new Set(made).size).toBe(1);
  });

  it('is not made again for data that had one', async () => {
    const made = await fingerprint();
    const kept = readFileSync(file());
    rmSync(file());
    await expect(fingerprint()).rejects.toMatchObject({
      name: 'KeysError',
      text: { fr: expect.stringContaining('sauvegarde') as string },
    });
    expect(readdirSync(folder.path)).not.toContain('keys.json');
    writeFileSync(file(), kept, { mode: 0o600 });
    expect(await fingerprint()).toBe(made);
  });

  it('is refused when it is that of other data', async () => {
    await fingerprint();
    const other = temporaryFolder();
    const elsewhere = await openHome(other.path);
    elsewhere.close();
    writeFileSync(file(), readFileSync(join(other.path, 'keys.json')));
    other.remove();
    await expect(fingerprint()).rejects.toMatchObject({ name: 'KeysError' });
  });

  it.each(['', '{', '{"schema":1,"keys":[]}', '{"schema":1,"keys":[{"id":"a"}]}'])(
    'is refused when it is damaged: %s',
    async (text) => {
      await fingerprint();
      writeFileSync(file(), text);
      await expect(fingerprint()).rejects.toMatchObject({
        text: { en: expect.stringContaining('damaged') as string },
      });
    },
  );
});

describe('fiche keys', () => {
  it('lists keys without their secrets, and adds one that is used from then on', async () => {
    await fingerprint();
    const before = (await runTool(folder.path, ['keys'])).out.split('\n');
    expect(before).toHaveLength(1);
    const { code, out, err } = await runTool(folder.path, ['keys', 'rotate']);
    expect(code, err).toBe(0);
    const after = out.split('\n');
    expect(after).toHaveLength(2);
    expect(after[1]).toBe(before[0]);
    expect(await fingerprint()).toBe(after[0]?.split('\t')[1]);
    for (const secret of readFileSync(file(), 'utf8').matchAll(/"secret": "([^"]+)"/g)) {
      expect(out + err).not.toContain(secret[1]);
    }
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });
});

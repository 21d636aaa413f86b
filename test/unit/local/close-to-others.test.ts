import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeToOthers, OpenToOthersError } from '../../../local/close-to-others.ts';
import { runTool, temporaryFolder } from '../../support/local-tool.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let last: string;
let inner: string;
const file = (name: string, mode: number): string => {
  writeFileSync(join(home, name), 'x');
  chmodSync(join(home, name), mode);
  return join(home, name);
};

beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, 'home');
  mkdirSync(home);
  last = file('last', 0o644);
  mkdirSync(join(home, 'inner'));
  inner = file('inner/file', 0o644);
});
afterEach(() => {
  folder.remove();
});

describe('closeToOthers', () => {
  it.each([
    ['the folder is open', 0o755, 0o600],
    ['the folder may be walked through', 0o711, 0o600],
    ['the group may read the folder', 0o740, 0o600],
    ['the last file is open', 0o700, 0o644],
  ])('closes everything below when %s', (_, folderMode, lastMode) => {
    chmodSync(join(home, 'inner'), 0o755);
    chmodSync(last, lastMode);
    chmodSync(home, folderMode);
    const script = file('run.sh', 0o755);
    closeToOthers(home, last);
    expect([home, join(home, 'inner'), inner, last, script].map(modeOf)).toEqual([
      0o700, 0o700, 0o600, 0o600, 0o700,
    ]);
  });

  it('does not look at what is below a closed folder: that was done when it was closed', () => {
    chmodSync(last, 0o600);
    chmodSync(home, 0o700);
    closeToOthers(home, last);
    expect(modeOf(inner)).toBe(0o644);
  });

  it('leaves alone what a link leads to', () => {
    const elsewhere = join(folder.path, 'elsewhere');
    writeFileSync(elsewhere, 'x', { mode: 0o644 });
    chmodSync(elsewhere, 0o644);
    symlinkSync(elsewhere, join(home, 'link'));
    symlinkSync(join(folder.path, 'nowhere'), join(home, 'broken'));
    chmodSync(home, 0o755);
    closeToOthers(home, last);
    expect(modeOf(elsewhere)).toBe(0o644);
    unlinkSync(join(home, 'link'));
    expect(readFileSync(elsewhere, 'utf8')).toBe('x');
  });

  it('refuses a folder that everybody shares, and changes nothing of it', () => {
    chmodSync(home, 0o1777);
    expect(() => {
      closeToOthers(home, last);
    }).toThrow(OpenToOthersError);
    expect(modeOf(home)).toBe(0o777);
    expect(modeOf(inner)).toBe(0o644);
  });

  it('is said to the operator in their language', async () => {
    chmodSync(home, 0o1777);
    const french = await runTool(home, ['init']);
    expect(french).toMatchObject({ code: 1, out: '' });
    expect(french.err).toContain('D’autres utilisateurs');
    expect((await runTool(home, ['init'], 'en')).err).toContain('Other users of this machine');
  });
});

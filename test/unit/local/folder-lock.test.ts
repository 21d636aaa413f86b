import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderInUseError, lockFolder } from '../../../local/folder-lock.ts';
import { temporaryFolder } from '../../support/local-tool.ts';

describe('lockFolder', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    folder.remove();
  });

  it('lets one in at a time, and the next when it is released', () => {
    const lock = lockFolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(FolderInUseError);
    expect(() => lockFolder(folder.path)).toThrow(/déjà[\s\S]*already/);
    lock.release();
    lockFolder(folder.path).release();
  });

  it('does not say that a folder is in use which is not there', () => {
    expect(() => lockFolder(`${folder.path}/none`)).toThrow(/ENOENT/);
  });

  it('is free as soon as its holder was killed hard', async () => {
    const module = new URL('../../../local/folder-lock.ts', import.meta.url).href;
    const code = `
      import { lockFolder } from ${JSON.stringify(module)};
      lockFolder(${JSON.stringify(folder.path)});
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(() => lockFolder(folder.path)).toThrow(FolderInUseError);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    lockFolder(folder.path).release();
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** What was released before, as a project of its own that can be deployed. */
export interface PreviousRelease {
  /** A tag, or the commit in `.ci/previous-release`. */
  readonly name: string;
  readonly folder: string;
  remove(): Promise<void>;
}

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);

async function git(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('git', words, { cwd: root });
  return stdout.trim();
}

/** The last tag before this commit; before the first release, the commit that stands in for one. */
async function previousName(): Promise<string> {
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD^').catch(() => undefined);
  if (tag !== undefined) return tag;
  return (await readFile(join(root, '.ci/previous-release'), 'utf8')).trim();
}

/** Checks it out beside this one and installs it. Throws if the history does not reach so far. */
export async function checkOutPrevious(): Promise<PreviousRelease> {
  if ((await git('rev-parse', '--is-shallow-repository')) === 'true')
    await git('fetch', '--unshallow');
  const name = await previousName();
  await git('cat-file', '-e', `${name}^{commit}`).catch((cause: unknown) => {
    throw new Error(`${name} is not in this clone: it needs the whole history.`, { cause });
  });
  const parent = await mkdtemp(join(tmpdir(), 'fiche-previous-'));
  const folder = join(parent, 'fiche');
  await git('worktree', 'add', '--detach', folder, name);
  const remove = async (): Promise<void> => {
    await git('worktree', 'remove', '--force', folder);
    await rm(parent, { recursive: true });
  };
  try {
    await install(folder);
    return { name, folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The packages that its lock file names: this project's, if they are the same. */
async function install(folder: string): Promise<void> {
  const [own, previous] = await Promise.all(
    [root, folder].map((project) => readFile(join(project, 'package-lock.json'), 'utf8')),
  );
  if (own === previous) {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    return;
  }
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  await run('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    maxBuffer: 64 * 1024 * 1024,
  });
}

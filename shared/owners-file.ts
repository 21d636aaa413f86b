import { closeSync, openSync } from 'node:fs';

/** Modes of files and folders in which answers may stand: for their owner alone, whatever the umask. */
export const ownersFile = 0o600;
export const ownersFolder = 0o700;

/**
 * Makes an empty file unless there is one. SQLite makes its files by the umask, and gives a log and an
 * index the mode of the database they belong to: so the database is made before SQLite opens it. One
 * that is there is not opened: to close it again would drop the locks that this process has on it.
 */
export function makeOwnersFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', ownersFile));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

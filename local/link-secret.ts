import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DiskLock } from '../shared/objects/disk-lock.ts';

const wellFormed = /^[0-9a-f]{64}$/;

function read(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    return wellFormed.test(secret) ? secret : undefined;
  } catch {
    return undefined;
  }
}

/** For the folder's owner alone, and whole or not at all. */
function write(file: string): string {
  const secret = randomBytes(32).toString('hex');
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, `${secret}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  return secret;
}

/**
 * What signs the links of the folder `home`, made when it is first asked for. Whoever opens the
 * folder at the same time gets the same. Without the file, or with one that is damaged, links given
 * out so far hold no longer and a new secret is made.
 */
export function linkSecret(home: string): string {
  const file = join(home, 'link.secret');
  const found = read(file);
  if (found !== undefined) return found;
  const lock = new DiskLock(join(home, 'link.lock'));
  try {
    return lock.hold(() => read(file) ?? write(file));
  } finally {
    lock.close();
  }
}

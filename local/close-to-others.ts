import { chmodSync, lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Bilingual } from '../shared/text.ts';

/** Permissions of everybody but the owner. */
const others = 0o077;
/** Who may write into such a folder is left to everybody: it is shared, as /tmp is. */
const sticky = 0o1000;

/** Other users can get at the folder, and that cannot be changed. `message` says so in French, then in English. */
export class OpenToOthersError extends Error {
  readonly text: Bilingual;

  constructor(path: string, cause?: unknown) {
    const text = {
      fr: `D’autres utilisateurs de cette machine peuvent lire ${path}, et Fiche ne peut pas le leur fermer. Donnez à Fiche un dossier à elle seule (chown, chmod 700), sur un disque qui connaît ces droits, ou choisissez-en un autre avec FICHE_HOME.`,
      en: `Other users of this machine can read ${path}, and Fiche cannot close it to them. Give Fiche a folder of its own (chown, chmod 700), on a disk that knows such rights, or choose another with FICHE_HOME.`,
    };
    super(`${text.fr}\n${text.en}`, { cause });
    this.name = 'OpenToOthersError';
    this.text = text;
  }
}

/**
 * Takes the permissions of others from `folder` and from everything below it, if the folder or the file
 * `last` in it (which need not be there) has any; else that costs two looks. The folder is closed first
 * and `last` is closed last, so that a walk that was cut short is done again. Links are not followed.
 * Throws OpenToOthersError.
 */
export function closeToOthers(folder: string, last: string): void {
  // Windows has no such permissions: a folder has those of the one that it is in.
  if (process.platform === 'win32') return;
  const found = statSync(folder);
  const mark = statSync(last, { throwIfNoEntry: false });
  if (!isOpen(found) && (mark === undefined || !isOpen(mark))) return;
  if ((found.mode & sticky) !== 0) throw new OpenToOthersError(folder);
  close(folder, found);
  closeBelow(folder, last);
  if (mark !== undefined) close(last, mark);
}

function closeBelow(folder: string, except: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.isSymbolicLink() || path === except) continue;
    // Such as `lost+found`: it is not ours and nobody's business.
    if (found.uid !== process.geteuid?.() && !isOpen(found)) continue;
    close(path, found);
    if (found.isDirectory()) closeBelow(path, except);
  }
}

function isOpen({ mode }: Stats): boolean {
  return (mode & others) !== 0;
}

function close(path: string, { mode }: Stats): void {
  if ((mode & others) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
    // Some disks have no permissions, and take a change of them without a word.
    if (isOpen(statSync(path))) throw new OpenToOthersError(path);
  } catch (error) {
    if (error instanceof OpenToOthersError) throw error;
    // Meanwhile deleted: by another process that has the folder open.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
    throw new OpenToOthersError(path, error);
  }
}

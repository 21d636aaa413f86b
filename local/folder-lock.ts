import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeOwnersFile } from '../shared/owners-file.ts';
import { isBusy } from '../shared/store/sqlite-database.ts';
import type { Bilingual } from '../shared/text.ts';

/** Another server holds the folder. `message` says so in French, then in English. */
export class FolderInUseError extends Error {
  readonly text: Bilingual;

  constructor(home: string, cause: unknown) {
    const text = {
      fr: `Un autre serveur Fiche utilise déjà le dossier ${home}. Arrêtez-le d’abord, ou choisissez un autre dossier avec FICHE_HOME.`,
      en: `Another Fiche server already uses the folder ${home}. Stop it first, or choose another folder with FICHE_HOME.`,
    };
    super(`${text.fr}\n${text.en}`, { cause });
    this.name = 'FolderInUseError';
    this.text = text;
  }
}

/**
 * Takes the folder `home` for one server, until `release` or the end of the process: the operating
 * system drops the lock even after kill -9, which a file with a process id in it would outlive.
 * Throws FolderInUseError. Node has no file locks of its own; SQLite brings them to every platform.
 */
export function lockFolder(home: string): Lock {
  return lockFile(join(home, 'server.lock'), (cause) => new FolderInUseError(home, cause));
}

export interface Lock {
  release(): void;
}

/** A database that nobody refers to is collected as garbage, and its lock with it. */
const held = new Set<DatabaseSync>();

/** The same with any file, made if it is not there. Throws what `inUse` makes if another process has it. */
export function lockFile(file: string, inUse: (cause: unknown) => Error): Lock {
  makeOwnersFile(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? inUse(error) : error;
  }
  held.add(database);
  return {
    release: () => {
      held.delete(database);
      database.close();
    },
  };
}

import type { Bilingual } from '../shared/text.ts';

/** What a person at the terminal reads when forgetDeleted says no: only a folder's database can. */
export const logHeld: Bilingual = {
  fr: 'Un autre programme lit la base de données: ce qui a été effacé reste dans son journal (fiche.sqlite-wal, write-ahead log) jusqu’à ce qu’il ait fini. Le serveur réessaie toutes les dix secondes; sans serveur, fermez ce programme et lancez fiche verify.',
  en: 'Another program reads the database: what was erased stays in its write-ahead log (fiche.sqlite-wal) until that has ended. The server tries again every ten seconds; without a server, close that program and run fiche verify.',
};

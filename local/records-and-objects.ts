import type { BackupProgress } from '../shared/backup/back-up.ts';
import type { Terminal } from './command.ts';
import { progressOf, type Progress } from './progress.ts';

const names = {
  records: { fr: 'Enregistrements', en: 'Records' },
  objects: { fr: 'Fichiers', en: 'Files' },
} as const;

/** A bar for each of the two kinds of work, one after the other as they come. */
export function recordsAndObjects(terminal: Terminal): {
  readonly at: (progress: BackupProgress) => void;
  readonly end: () => void;
} {
  let current: { readonly what: BackupProgress['what']; readonly bar: Progress } | undefined;
  const end = (): void => {
    current?.bar.end();
  };
  return {
    at: ({ what, done, of }) => {
      if (current?.what !== what) {
        end();
        current = { what, bar: progressOf(terminal, names[what]) };
      }
      current.bar.at(done, of);
    },
    end,
  };
}

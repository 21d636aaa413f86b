import type { BackupProgress } from '../shared/backup/back-up.ts';
import type { Bilingual } from '../shared/text.ts';
import type { Terminal } from './command.ts';

interface Progress {
  /** `done` of `of`; what goes beyond is no fault. */
  at(done: number, of: number): void;
  /** May be called more than once. */
  end(): void;
}

/** A bar for a person who watches, a line for every tenth in a log. */
export function progressOf(terminal: Terminal, what: Bilingual): Progress {
  const name = what[terminal.language];
  return terminal.interactive ? bar(name) : lines(name, terminal);
}

function bar(name: string): Progress {
  let drawn = '';
  return {
    at: (done, of) => {
      const share = of === 0 ? 1 : Math.min(done / of, 1);
      const full = Math.round(40 * share);
      const next = `\r${name} ${'█'.repeat(full)}${'░'.repeat(40 - full)} ${Math.floor(100 * share)} %`;
      if (next !== drawn) process.stderr.write(next);
      drawn = next;
    },
    end: () => {
      if (drawn !== '') process.stderr.write('\n');
      drawn = '';
    },
  };
}

function lines(name: string, terminal: Terminal): Progress {
  let reported = 0;
  return {
    at: (done, of) => {
      const tenth = of === 0 ? 10 : Math.floor((10 * done) / of);
      if (tenth <= reported) return;
      reported = tenth;
      terminal.err(`${name} ${tenth * 10} %`);
    },
    end: () => undefined,
  };
}

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

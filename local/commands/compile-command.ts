import type { Command } from '../command.ts';
import { progressOf } from '../progress-bar.ts';

export const compile: Command = {
  name: 'compile',
  usage: [''],
  summary: {
    fr: 'Compile tous les jeux de données.',
    en: 'Compiles every dataset.',
  },
  options: {},
  run: async ({ home, terminal }) => {
    const progress = progressOf(terminal, { fr: 'Compilation', en: 'Compiling' });
    try {
      const datasets = await home.compile((done, of) => {
        progress.at(done, of);
      });
      progress.end();
      for (const { dataset, version, rows, changed } of datasets) {
        terminal.out([dataset, version ?? '-', rows, changed ? '*' : '='].join('\t'));
      }
      return 0;
    } finally {
      progress.end();
    }
  },
};

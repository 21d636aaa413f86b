import { verify as verifyDatasets } from '../../shared/dataset/verify.ts';
import type { Command } from '../command.ts';

export const verify: Command = {
  name: 'verify',
  usage: ['[--repair]'],
  summary: {
    fr: 'Recalcule tout et compare; sort avec 1 si quelque chose diffère.',
    en: 'Recomputes everything and compares; exits with 1 if something differs.',
  },
  options: { repair: { type: 'boolean' } },
  run: async (call) => {
    const { home, terminal } = call;
    const report = await verifyDatasets(home, { repair: call.flag('repair') });
    const { shards, datasets, files, rows, drift, repaired } = report;
    for (const { what, problem } of drift) terminal.out(`${problem}\t${what}`);
    terminal.err(
      terminal.language === 'fr'
        ? `${rows} fiches remplies, ${shards} parts, ${datasets} jeux, ${files} fichiers: ${drift.length} écarts${repaired ? ', réparés' : ''}.`
        : `${rows} submissions, ${shards} shards, ${datasets} datasets, ${files} files: ${drift.length} differences${repaired ? ', repaired' : ''}.`,
    );
    return drift.length === 0 ? 0 : 1;
  },
};

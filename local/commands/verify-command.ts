import type { Drift, FileFacts } from '../../shared/dataset/verify/verify-report.ts';
import { verify as verifyDatasets } from '../../shared/dataset/verify/verify-all.ts';
import { forgetDeleted } from '../../shared/store/record-store.ts';
import type { Bilingual } from '../../shared/text.ts';
import { type Command, logHeld } from '../command.ts';
import { progressOf } from '../progress-bar.ts';

export const verify: Command = {
  name: 'verify',
  usage: ['[--repair]'],
  summary: {
    fr: 'Recalcule tout et compare ; sort avec 1 si quelque chose diffère.',
    en: 'Recomputes everything and compares; exits with 1 if something differs.',
  },
  options: { repair: { type: 'boolean' } },
  run: async (call) => {
    const { home, terminal } = call;
    const progress = progressOf(terminal, { fr: 'Vérification', en: 'Verifying' });
    const report = await verifyDatasets(home, { repair: call.flag('repair') }, ({ done, of }) => {
      progress.at(done, of);
    }).finally(() => {
      progress.end();
    });
    const { shards, datasets, files, rows, drift, takenDown, repaired } = report;
    for (const { dataset, before, after } of takenDown) {
      terminal.err(
        terminal.language === 'fr'
          ? `${dataset} : ${before} lignes étaient publiques, ${after} le sont ; ${before - after} ne le sont plus.`
          : `${dataset}: ${before} rows were public, ${after} are; ${before - after} are no longer.`,
      );
    }
    for (const found of drift) {
      const { what, problem } = found;
      terminal.out([problem, what, problems[problem][terminal.language], told(found)].join('\t'));
    }
    terminal.err(
      terminal.language === 'fr'
        ? `${rows} fiches remplies, ${shards} parts, ${datasets} jeux, ${files} fichiers : ${drift.length} écarts${repaired ? ', réparés' : ''}.`
        : `${rows} submissions, ${shards} shards, ${datasets} datasets, ${files} files: ${drift.length} differences${repaired ? ', repaired' : ''}.`,
    );
    const forgotten = await forgetDeleted(home);
    if (!forgotten) terminal.err(logHeld[terminal.language]);
    return drift.length === 0 && forgotten ? 0 : 1;
  },
};

const problems: Readonly<Record<Drift['problem'], Bilingual>> = {
  missing: { fr: 'manque', en: 'is missing' },
  differs: { fr: 'n’est pas ce qui est recalculé', en: 'is not what is recomputed' },
  unreadable: { fr: 'ne peut être lu ou refait', en: 'cannot be read or made' },
  unexpected: { fr: 'ne devrait pas être là', en: 'should not be there' },
  stale: { fr: 'ne peut être mis à jour', en: 'cannot be brought up to date' },
  orphan: { fr: 'n’appartient à aucune fiche remplie', en: 'belongs to no submission' },
};

/** What there should be → what there is. */
function told({ expected, found }: Drift): string {
  if (expected === undefined && found === undefined) return '';
  return `${factsOf(expected)} → ${factsOf(found)}`;
}

function factsOf(facts: FileFacts | undefined): string {
  if (facts === undefined) return '-';
  const { rows, bytes, sha256 } = facts;
  return [
    ...(rows === undefined ? [] : [`rows=${rows}`]),
    ...(bytes === undefined ? [] : [`bytes=${bytes}`]),
    ...(sha256 === undefined ? [] : [`sha256=${sha256.slice(0, 12)}`]),
  ].join(' ');
}

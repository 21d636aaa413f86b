import { stat } from 'node:fs/promises';
import { BackupFolder } from '../../shared/backup/backup-folder.ts';
import { ErasureList, Erasures } from '../../shared/backup/erasure-list.ts';
import { restoreTables } from '../../shared/backup/restore-tables.ts';
import { restore as restorePoint, type RestoreReport } from '../../shared/backup/restore-point.ts';
import { readLedger } from '../../shared/submission/erasure/erasure-ledger.ts';
import { needed, UsageError, type Call, type Command, bytesText } from '../command.ts';
import { recordsAndObjects } from '../progress-bar.ts';

export const restore: Command = {
  name: 'restore',
  usage: [
    '--from FOLDER [--at POINT] [--erasures FILE]',
    '--from-tables submissions=NAME,registry=NAME [--replace] [--erasures FILE] --stack NAME',
  ],
  summary: {
    fr: 'Restaure une sauvegarde (fiche backup) dans un dossier vide ou une pile nouvelle, ou des tables restaurées par AWS à côté (PITR). Ce qui a été effacé depuis ne revient pas.',
    en: 'Restores a backup (fiche backup) into an empty folder or a new stack, or tables that AWS has restored beside (PITR). What was erased since does not come back.',
  },
  options: {
    from: { type: 'string' },
    at: { type: 'string' },
    'from-tables': { type: 'string' },
    replace: { type: 'boolean' },
    erasures: { type: 'string' },
  },
  makes: true,
  run: async (call) => {
    const tables = call.value('from-tables');
    if (tables !== undefined) return fromTables(call, tables);
    const folder = new BackupFolder(needed(call, 'from'));
    const point = await folder.point(call.value('at'));
    const erasures = await erasuresFor(call, await folder.erasures.read());
    const progress = recordsAndObjects(call.terminal);
    const report = await restorePoint(call.home, folder, point, erasures, progress.at).finally(
      progress.end,
    );
    tell(call, point.name, report);
    return report.lost.length === 0 ? 0 : 1;
  },
};

/** All that is known to have been erased: by the backup, by what is restored into, and by a file. */
async function erasuresFor(call: Call, erasures: Erasures): Promise<Erasures> {
  for await (const page of readLedger(call.home.objects)) {
    for (const entry of page) erasures.add(entry);
  }
  const file = call.value('erasures');
  if (file === undefined) return erasures;
  // A mistyped name must not pass for a list of nothing.
  await stat(file);
  return new ErasureList(file).read(erasures);
}

async function fromTables(call: Call, names: string): Promise<number> {
  const { home, terminal } = call;
  const found = new Map(
    names.split(',').map((pair): [string, string] => {
      const [table = '', name = ''] = pair.split('=');
      return [table, name];
    }),
  );
  const [submissions, registry] = [found.get('submissions'), found.get('registry')];
  if (home.deployment === undefined || !submissions || !registry) {
    throw new UsageError({
      fr: '--from-tables : submissions=NOM,registry=NOM, avec --stack.',
      en: '--from-tables: submissions=NAME,registry=NAME, with --stack.',
    });
  }
  const { table } = home.deployment;
  const source = { submissions: table(submissions), registry: table(registry) };
  const erasures = await erasuresFor(call, new Erasures());
  const progress = recordsAndObjects(terminal);
  const report = await restoreTables(home, source, erasures, {
    name: names,
    replace: call.flag('replace'),
    onProgress: progress.at,
  }).finally(progress.end);
  tell(call, names, report);
  return 0;
}

function tell({ home, terminal }: Call, name: string, report: RestoreReport): void {
  const { records, objects, bytes, erased, lost } = report;
  const { language } = terminal;
  const size = bytesText(bytes, language);
  const where = home.deployment === undefined ? `--home ${home.place}` : `--stack ${home.place}`;
  for (const key of lost) {
    terminal.out(key);
  }
  const lines =
    language === 'fr'
      ? [
          `${name} restaurée : ${records} enregistrements, ${objects} fichiers (${size}), comparés un à un.`,
          `Effacements appliqués de nouveau : ${erased}.`,
          ...(lost.length === 0
            ? []
            : [`Perdus dans la sauvegarde : ${lost.length} fichiers, ci-dessus.`]),
          `À faire maintenant : fiche compile ${where}, puis fiche verify ${where}.`,
          'Les jetons restent valables ; leurs secrets ne sont dans aucune sauvegarde. S’il en manque un : fiche token create.',
        ]
      : [
          `${name} restored: ${records} records, ${objects} files (${size}), compared one by one.`,
          `Erasures applied again: ${erased}.`,
          ...(lost.length === 0 ? [] : [`Lost in the backup: ${lost.length} files, above.`]),
          `To do now: fiche compile ${where}, then fiche verify ${where}.`,
          'Tokens stay valid; their secrets are in no backup. If one is missing: fiche token create.',
        ];
  for (const line of lines) terminal.err(line);
}

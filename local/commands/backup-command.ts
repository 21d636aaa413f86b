import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { backUp, type BackupReport } from '../../shared/backup/back-up.ts';
import { BackupError, findNetwork } from '../../shared/backup/backup-source.ts';
import { BackupFolder } from '../../shared/backup/backup-folder.ts';
import { checkPoint } from '../../shared/backup/check-point.ts';
import { prune } from '../../shared/backup/prune.ts';
import { needed, UsageError, type Call, type Command, bytesText } from '../command.ts';
import { lockFile } from '../folder-lock.ts';
import { progressOf, recordsAndObjects } from '../progress-bar.ts';

export const backup: Command = {
  name: 'backup',
  usage: [
    '--to FOLDER [--keep N]',
    '--to FOLDER --erasures-only',
    '--to FOLDER --check [--at POINT]',
    '--to FOLDER --list',
  ],
  summary: {
    fr: 'Sauvegarde tout dans un dossier, à côté d’un service en marche : ce qui y est déjà n’est pas recopié ; --keep ne garde que les N dernières sauvegardes ; --check relit tout.',
    en: 'Backs everything up into a folder, beside a running service: what is there already is not copied again; --keep keeps the N newest backups alone; --check reads everything again.',
  },
  options: {
    to: { type: 'string' },
    keep: { type: 'string' },
    'erasures-only': { type: 'boolean' },
    check: { type: 'boolean' },
    list: { type: 'boolean' },
    at: { type: 'string' },
  },
  run: async (call) => {
    const path = needed(call, 'to');
    const keep = keepOf(call);
    if (call.flag('list')) return list(call, path);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = lockFile(join(path, 'backup.lock'), inUse(path));
    try {
      if (call.flag('check')) return await check(call, path);
      if (call.flag('erasures-only')) return await refreshErasures(call, path);
      return await whole(call, path, keep);
    } finally {
      lock.release();
    }
  },
};

/** Throws UsageError. */
function keepOf(call: Call): number | undefined {
  const text = call.value('keep');
  if (text === undefined) return undefined;
  const keep = Number(text);
  if (Number.isSafeInteger(keep) && keep >= 1) return keep;
  throw new UsageError({
    fr: `--keep est un nombre de sauvegardes, au moins 1, et non « ${text} ».`,
    en: `--keep is a number of backups, at least 1, not "${text}".`,
  });
}

const inUse = (path: string) => (cause: unknown) => {
  const text = {
    fr: `Une autre sauvegarde est en cours dans ${path} : attendez sa fin.`,
    en: `Another backup is under way in ${path}: wait for its end.`,
  };
  return new BackupError(text, { cause });
};

async function whole(call: Call, path: string, keep: number | undefined): Promise<number> {
  const { home, terminal } = call;
  const progress = recordsAndObjects(terminal);
  const report = await backUp(home, path, progress.at).finally(progress.end);
  tell(call, report);
  if (keep !== undefined) {
    const { points, contents } = await prune(new BackupFolder(path), keep);
    terminal.err(
      terminal.language === 'fr'
        ? `Sauvegardes supprimées : ${points.length} ; contenus : ${contents}.`
        : `Backups deleted: ${points.length}; contents: ${contents}.`,
    );
  }
  return report.damaged.length === 0 ? 0 : 1;
}

function tell({ terminal }: Call, { point, copied, erasures, damaged }: BackupReport): void {
  const { compiled, submissions, registry, objects, compiledObjects } = point.manifest.files;
  const records = compiled.lines + submissions.lines + registry.lines;
  const files = objects.lines + compiledObjects.lines;
  const { language } = terminal;
  terminal.out(point.name);
  terminal.err(
    language === 'fr'
      ? `${records} enregistrements, ${files} fichiers (${bytesText(point.manifest.objectBytes, language)}, dont ${bytesText(copied, language)} de nouveau), ${erasures} effacements de plus.`
      : `${records} records, ${files} files (${bytesText(point.manifest.objectBytes, language)}, ${bytesText(copied, language)} of it new), ${erasures} more erasures.`,
  );
  for (const key of damaged) {
    terminal.err(
      language === 'fr'
        ? `Abîmé dans l’installation : ${key} (fiche verify en dit plus).`
        : `Damaged in the installation: ${key} (fiche verify tells more).`,
    );
  }
}

async function refreshErasures({ home, terminal }: Call, path: string): Promise<number> {
  const folder = await ownFolder(home, path);
  const added = await folder.erasures.merge(home.objects);
  terminal.err(
    terminal.language === 'fr' ? `Effacements ajoutés : ${added}.` : `Erasures added: ${added}.`,
  );
  return 0;
}

/** The folder, of this very installation. Throws BackupError. */
async function ownFolder(home: Call['home'], path: string): Promise<BackupFolder> {
  const folder = new BackupFolder(path);
  const found = await folder.network();
  if (found !== undefined && found === (await findNetwork(home.registry))) return folder;
  throw new BackupError({
    fr: `${path} n’est pas une sauvegarde de cette installation.`,
    en: `${path} is no backup of this installation.`,
  });
}

async function check(call: Call, path: string): Promise<number> {
  const { terminal } = call;
  const folder = new BackupFolder(path);
  const point = await folder.point(call.value('at'));
  const progress = progressOf(terminal, { fr: 'Relecture', en: 'Reading again' });
  let read = 0;
  const lost = await checkPoint(folder, point, (bytes) => {
    read += bytes;
    progress.at(read, point.manifest.objectBytes);
  }).finally(() => {
    progress.end();
  });
  for (const key of lost) terminal.out(key);
  terminal.err(
    terminal.language === 'fr'
      ? `${point.name} : ${lost.length} fichiers perdus ou abîmés${lost.length === 0 ? '' : ' ; sauvegardez de nouveau : ce que l’installation a encore sera recopié'}.`
      : `${point.name}: ${lost.length} files lost or damaged${lost.length === 0 ? '' : '; back up again: what the installation still has will be copied anew'}.`,
  );
  return lost.length === 0 ? 0 : 1;
}

async function list({ terminal }: Call, path: string): Promise<number> {
  for (const { name, manifest } of await new BackupFolder(path).points()) {
    const { submissions, objects, compiledObjects } = manifest.files;
    const files = objects.lines + compiledObjects.lines;
    terminal.out([name, manifest.ended, submissions.lines, files, manifest.objectBytes].join('\t'));
  }
  return 0;
}

import { parseArgs } from 'node:util';
import { KeysError } from '../shared/access/stored-keys.ts';
import { BackupError } from '../shared/backup/backup-source.ts';
import { localConfig, stackName } from '../shared/config.ts';
import { Fault, type FaultDetail } from '../shared/fault.ts';
import { problemKinds } from '../shared/http/problem-kinds.ts';
import type { Language, Bilingual } from '../shared/text.ts';
import { OpenToOthersError } from './close-to-others.ts';
import { UsageError, type Command, type Terminal } from './command.ts';
import { commands } from './commands.ts';
import { type Installation, CompileFailed, openFolder } from './installation.ts';
import { isHome } from './open-home.ts';

/**
 * Runs the words of a command line. Returns the exit code: 0 done, 1 failed or not all done, 2 not
 * understood. An error that is none of the operator's is thrown.
 */
export async function runFiche(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    terminal.out(helpText(commands, terminal.language));
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    terminal.err(
      terminal.language === 'fr' ? `Commande inconnue : ${name}.` : `Unknown command: ${name}.`,
    );
    terminal.err(helpText(commands, terminal.language));
    return 2;
  }
  try {
    return await runCommand(command, rest, terminal);
  } catch (error) {
    const lines = explain(error, terminal.language);
    if (lines === undefined) throw error;
    for (const line of lines) terminal.err(line);
    if (!(error instanceof UsageError)) return 1;
    terminal.err(commandHelp(command, terminal.language));
    return 2;
  }
}

async function runCommand(
  command: Command,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, positionals } = parse(command, words);
  if (values.get('help') === true) {
    terminal.out(commandHelp(command, terminal.language));
    return 0;
  }
  const value = (name: string): string | undefined => {
    const found = values.get(name);
    return typeof found === 'string' ? found : undefined;
  };
  const home = await openInstallation(command, value('home'), value('stack'));
  try {
    const flag = (name: string): boolean => values.get(name) === true;
    return await command.run({ home, words: positionals, value, flag, terminal });
  } finally {
    home.close();
  }
}

/** The stacks or the folder that the words name, or else the environment. Throws UsageError. */
async function openInstallation(
  command: Command,
  folder: string | undefined,
  stack: string | undefined,
): Promise<Installation> {
  if (folder !== undefined && stack !== undefined) {
    throw new UsageError({
      fr: 'Donnez --home ou --stack, pas les deux.',
      en: 'Give --home or --stack, not both.',
    });
  }
  const name = folder === undefined ? (stack ?? stackName()) : undefined;
  if (name !== undefined) {
    // The clients of AWS take a while to load, and a folder needs none.
    const { openDeployment } = await import('./deployed/open-deployment.ts');
    return openDeployment(name);
  }
  const home = folder ?? localConfig().home;
  if (command.makes !== true) requireHome(home);
  return openFolder(home);
}

/** A folder made of a mistyped path would be verified without a fault. */
function requireHome(folder: string): void {
  if (isHome(folder)) return;
  throw new UsageError({
    fr: `Il n’y a pas de données de Fiche dans ${folder} : vérifiez --home ou FICHE_HOME ; fiche init prépare un nouveau dossier.`,
    en: `There are no data of Fiche in ${folder}: check --home or FICHE_HOME; fiche init prepares a new folder.`,
  });
}

function parse(
  command: Command,
  words: readonly string[],
): { values: ReadonlyMap<string, unknown>; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: {
        ...command.options,
        home: { type: 'string' },
        stack: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    return { values: new Map<string, unknown>(Object.entries(values)), positionals };
  } catch (error) {
    // The parser's own sentences name the option; they are English only.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError({ fr: `Options incorrectes : ${message}`, en: message });
  }
}

/** What the tool can do, one block for each command. */
function helpText(commands: readonly Command[], language: Language): string {
  const heading =
    language === 'fr'
      ? 'Usage : npm run fiche -- COMMANDE … [--home DOSSIER | --stack NOM]\nLe dossier est .fiche, ou celui de FICHE_HOME ; un serveur peut l’utiliser en même temps.\nNOM est celui d’un déploiement sur AWS (fiche, s’il n’en a pas d’autre), aussi dans FICHE_STACK.'
      : 'Usage: npm run fiche -- COMMAND … [--home FOLDER | --stack NAME]\nThe folder is .fiche, or that of FICHE_HOME; a server may use it at the same time.\nNAME is that of a deployment on AWS (fiche, unless it has another), also in FICHE_STACK.';
  return [heading, ...commands.map((command) => commandHelp(command, language))].join('\n\n');
}

function commandHelp({ name, usage, summary }: Command, language: Language): string {
  const lines = usage.map((line) => `  fiche ${name} ${line}`.trimEnd());
  return [...lines, `      ${summary[language]}`].join('\n');
}

/** The system's own words are English only; they name the file. */
const systemErrors: ReadonlyMap<string, Bilingual> = new Map([
  ['ENOENT', { fr: 'Ce fichier n’existe pas.', en: 'There is no such file.' }],
  ['EISDIR', { fr: 'C’est un dossier, pas un fichier.', en: 'This is a folder, not a file.' }],
  ['ENOTDIR', { fr: 'Ce n’est pas un dossier.', en: 'This is not a folder.' }],
  ['EEXIST', { fr: 'Ce n’est pas un dossier.', en: 'This is not a folder.' }],
  ['EACCES', { fr: 'L’accès est refusé.', en: 'Access is denied.' }],
  ['ENOSPC', { fr: 'Le disque est plein.', en: 'The disk is full.' }],
]);

/** What went wrong, in lines for the person at the terminal; undefined: a bug, for which a stack is better. */
function explain(error: unknown, language: Language): readonly string[] | undefined {
  if (
    error instanceof UsageError ||
    error instanceof BackupError ||
    error instanceof KeysError ||
    error instanceof OpenToOthersError
  ) {
    return [error.text[language]];
  }
  if (error instanceof AggregateError) {
    const each = error.errors.map((one: unknown) => explain(one, language) ?? [String(one)]);
    return [error.message, ...each.flat()];
  }
  if (error instanceof Fault) {
    const { title, detail } = problemKinds[error.code];
    const line = ({ at, pointer, message }: FaultDetail): string => {
      const place = at === undefined ? pointer : `${at.sheet} ${at.row || ''} ${at.column}`.trim();
      return `  ${place === '' ? '' : `${place}: `}${message[language]}`;
    };
    const beside = { fr: 'À regarder aussi :', en: 'Worth a look too:' };
    const details = error.errors.map(line);
    if (error.warnings.length > 0) details.push(beside[language], ...error.warnings.map(line));
    const cause = error.cause instanceof Error ? [`  ${error.cause.message}`] : [];
    return [`${title[language]} (${error.code}). ${detail[language]}`, ...details, ...cause];
  }
  const aws = explainAws(error, language);
  if (aws !== undefined) return aws;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof Error && typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    const told = systemErrors.get(code)?.[language];
    return told === undefined ? [error.message] : [`${told} (${error.message})`];
  }
  return undefined;
}

/** What AWS refused, or what its clients lack; their own words are English only. */
function explainAws(error: unknown, language: Language): readonly string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CompileFailed) {
    const failed = { fr: 'La compilation a échoué', en: 'The compile failed' };
    return [`${failed[language]}: ${error.message}`];
  }
  const isWithoutAccess =
    error.name === 'CredentialsProviderError' || error.message === 'Region is missing';
  if (isWithoutAccess) {
    const advice = {
      fr: 'Il faut les accès à AWS dans l’environnement, et la région dans AWS_REGION.',
      en: 'Credentials of AWS are needed in the environment, and the region in AWS_REGION.',
    };
    return [advice[language], `  ${error.message}`];
  }
  return '$metadata' in error ? [`AWS: ${error.name}: ${error.message}`] : undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The language of the person at the terminal, as POSIX has it: English if their locale says so, else French. */
export function languageOf(environment: Environment): Language {
  const locale = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /^en/i.test(locale ?? '') ? 'en' : 'fr';
}

import { parseArgs } from 'node:util';
import { localConfig, stackName } from '../shared/config.ts';
import { UsageError, type Command, type Terminal } from './command.ts';
import { commands } from './commands.ts';
import { explain } from './explain.ts';
import { commandHelp, helpText } from './help.ts';
import type { Installation } from './installation.ts';
import { openFolder } from './open-folder.ts';
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
      terminal.language === 'fr' ? `Commande inconnue: ${name}.` : `Unknown command: ${name}.`,
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
    fr: `Il n’y a pas de données de Fiche dans ${folder}: vérifiez --home ou FICHE_HOME; fiche init prépare un nouveau dossier.`,
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
    throw new UsageError({ fr: `Options incorrectes: ${message}`, en: message });
  }
}

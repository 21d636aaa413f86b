import type { Language } from '../shared/text.ts';
import type { Command } from './command.ts';

/** What the tool can do, one block for each command. */
export function helpText(commands: readonly Command[], language: Language): string {
  const heading =
    language === 'fr'
      ? 'Usage: npm run fiche -- COMMANDE … [--home DOSSIER | --stack NOM]\nLe dossier est .fiche, ou celui de FICHE_HOME; un serveur peut l’utiliser en même temps.\nNOM est celui d’un déploiement sur AWS (fiche, s’il n’en a pas d’autre), aussi dans FICHE_STACK.'
      : 'Usage: npm run fiche -- COMMAND … [--home FOLDER | --stack NAME]\nThe folder is .fiche, or that of FICHE_HOME; a server may use it at the same time.\nNAME is that of a deployment on AWS (fiche, unless it has another), also in FICHE_STACK.';
  return [heading, ...commands.map((command) => commandHelp(command, language))].join('\n\n');
}

export function commandHelp({ name, usage, summary }: Command, language: Language): string {
  const lines = usage.map((line) => `  fiche ${name} ${line}`.trimEnd());
  return [...lines, `      ${summary[language]}`].join('\n');
}

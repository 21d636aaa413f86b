import type { Command } from '../command.ts';
import { initialise } from '../initialise.ts';

export const init: Command = {
  name: 'init',
  usage: [''],
  summary: {
    fr: 'Prépare le dossier ou la pile : fiches, vocabulaires, plan, jeton de la coordination.',
    en: 'Prepares the folder or the stack: forms, vocabularies, plan, the coordination’s token.',
  },
  options: {},
  makes: true,
  run: async ({ home, terminal }) => {
    const { forms, activities, newToken } = await initialise(home, home.tokenFile);
    const french = terminal.language === 'fr';
    terminal.err(
      french
        ? `Fiches publiées : ${forms.length} ; activités du plan : ${activities}.`
        : `Forms published: ${forms.length}; activities of the plan: ${activities}.`,
    );
    if (newToken !== undefined) {
      const kept = home.tokenFile;
      terminal.err(
        french
          ? `Adresse : ${home.url}\nJeton de la coordination (${kept === undefined ? 'montré cette fois seulement' : `aussi dans ${kept}`}) :`
          : `Address: ${home.url}\nThe coordinator's token (${kept === undefined ? 'shown this once' : `also in ${kept}`}):`,
      );
      terminal.out(newToken);
    }
    return 0;
  },
};

import type { Command } from '../command.ts';
import { initialise } from '../init.ts';

export const init: Command = {
  name: 'init',
  usage: [''],
  summary: {
    fr: 'Prépare le dossier: fiches, vocabulaires, plan, jeton de la coordination.',
    en: 'Prepares the folder: forms, vocabularies, plan, the coordination’s token.',
  },
  options: {},
  run: async ({ home, folder, terminal }) => {
    const { forms, activities, newToken } = await initialise(home, folder);
    const french = terminal.language === 'fr';
    terminal.err(
      french
        ? `Fiches publiées: ${forms.length}; activités du plan: ${activities}.`
        : `Forms published: ${forms.length}; activities of the plan: ${activities}.`,
    );
    if (newToken !== undefined) {
      terminal.err(
        french
          ? `Jeton de la coordination (aussi dans ${folder}/coordinator.token):`
          : `The coordinator's token (also in ${folder}/coordinator.token):`,
      );
      terminal.out(newToken);
    }
    return 0;
  },
};

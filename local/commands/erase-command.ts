import type { Principal } from '../../shared/access/principal.ts';
import { coordination } from '../../shared/ids.ts';
import { eraseSubmission } from '../../shared/submission/erasure/erase-submission.ts';
import { openSubmission } from '../../shared/submission/records/open-submission.ts';
import { named, UsageError, word, type Command, logHeld } from '../command.ts';

/** Who erases at a terminal: no token has this id. */
const operator: Principal = { role: 'coordinator', organisation: coordination, tokenId: 'fiche' };

export const erase: Command = {
  name: 'erase',
  usage: ['FORM INSTANCE_ID --yes'],
  summary: {
    fr: 'Efface pour toujours une fiche remplie, son historique et ses fichiers.',
    en: 'Erases a submission for ever, with its history and its files.',
  },
  options: { yes: { type: 'boolean' } },
  run: async (call) => {
    const { home, terminal } = call;
    const [formId, instanceId] = [word(call, 0, 'FORM'), word(call, 1, 'INSTANCE_ID')];
    const { submission } = await named(
      `${formId} ${instanceId}`,
      openSubmission(home, operator, formId, instanceId),
    );
    if (!call.flag('yes')) {
      const { organisation, state, revision } = submission;
      const what = `${formId} ${instanceId} (${organisation}, ${state}, ${revision})`;
      throw new UsageError({
        fr: `${what} serait effacée pour toujours, sans retour. Si c’est bien elle, ajoutez --yes.`,
        en: `${what} would be erased for ever, with no way back. If that is the one, add --yes.`,
      });
    }
    const forgotten = await eraseSubmission(home, operator, formId, instanceId);
    const isDeployed = home.deployment !== undefined;
    const lines =
      terminal.language === 'fr'
        ? [
            'Effacée. La prochaine compilation (fiche compile, pour ne pas attendre) retire les versions des jeux de données qui la contiennent.',
            isDeployed
              ? 'Les sauvegardes d’AWS (PITR, anciennes versions des fichiers) la gardent encore 35 jours au plus ; une restauration ne la ramène pas.'
              : 'Les sauvegardes faites avant la gardent jusqu’à ce qu’on les supprime (fiche backup --keep) ; une restauration ne la ramène pas.',
            'Si elle doit aussi manquer aux restaurations d’un dossier de sauvegarde : fiche backup --to DOSSIER --erasures-only.',
          ]
        : [
            'Erased. The next compile (fiche compile, not to wait for it) withdraws the versions of datasets that hold it.',
            isDeployed
              ? 'AWS’s own backups (PITR, old versions of files) keep it for 35 days more at most; a restore does not bring it back.'
              : 'Backups made before keep it until they are deleted (fiche backup --keep); a restore does not bring it back.',
            'For restores from a folder of backups to know of it: fiche backup --to FOLDER --erasures-only.',
          ];
    for (const line of lines) terminal.err(line);
    if (forgotten) return 0;
    terminal.err(logHeld[terminal.language]);
    return 1;
  },
};

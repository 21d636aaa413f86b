import { rotateKeys } from '../../shared/access/open-keys.ts';
import { fingerprintsOf, type StoredKeys } from '../../shared/access/stored-keys.ts';
import { rekeyLedger } from '../../shared/submission/erasure/erasure-ledger.ts';
import { oneOf, type Call, type Command } from '../command.ts';

export const keys: Command = {
  name: 'keys',
  usage: ['[list]', 'rotate'],
  summary: {
    fr: 'Montre les secrets de l’installation par leur numéro et leur date, jamais eux-mêmes ; rotate en ajoute un, par lequel tout se fera désormais.',
    en: 'Shows the installation’s secrets by id and date, never themselves; rotate adds one, by which all is made from then on.',
  },
  options: {},
  run: async (call) => {
    const action = oneOf(call.words[0] ?? 'list', ['list', 'rotate'], 'keys');
    const { home, terminal } = call;
    if (action === 'rotate') {
      list(call, await rotateKeys(home.keyStore, home.registry, home.clock));
      terminal.err(
        terminal.language === 'fr'
          ? 'À faire maintenant : relancer le service (ou redéployer la pile), fiche compile, puis une nouvelle sauvegarde (fiche backup) : celles d’avant n’ont pas ce secret. Les identifiants publics changent.'
          : 'To do now: start the service again (or deploy the stack again), fiche compile, then a new backup (fiche backup): those before lack this secret. Public ids change.',
      );
      return 0;
    }
    const stored = await home.keyStore.read();
    if (stored !== undefined) list(call, stored);
    const { left } = await rekeyLedger(home);
    if (left > 0) {
      terminal.err(
        terminal.language === 'fr'
          ? `Effacements d’avant le secret dont l’identifiant n’est plus nulle part : ${left} ; ils restent notés par leur empreinte SHA-256.`
          : `Erasures of before there was a secret whose ids are nowhere any more: ${left}; they stay noted by their SHA-256.`,
      );
    }
    return 0;
  },
};

/** A line for each, the newest first: id, fingerprint, date. */
function list({ terminal }: Call, stored: StoredKeys): void {
  const fingerprints = fingerprintsOf(stored);
  for (const [index, { id, createdAt }] of stored.keys.entries()) {
    terminal.out([id, fingerprints[index] ?? '', createdAt].join('\t'));
  }
}

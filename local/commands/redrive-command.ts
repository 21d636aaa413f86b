import type { Principal } from '../../shared/access/principal.ts';
import { finishRun, noteDeath, unfinishedRuns } from '../../shared/dataset/publish/compile-run.ts';
import { coordination } from '../../shared/ids.ts';
import { finishErasures } from '../../shared/submission/erasure/erase-submission.ts';
import { completeWaiting } from '../../shared/submission/attachments/complete-waiting.ts';
import type { Bilingual } from '../../shared/text.ts';
import { type Call, type Command, logHeld } from '../command.ts';
import { InterruptedError } from '../interrupted-runs.ts';
import { progressOf } from '../progress-bar.ts';

/** Who brings erasures to their end: no token has this id. */
const operator: Principal = { role: 'coordinator', organisation: coordination, tokenId: 'fiche' };

export const redrive: Command = {
  name: 'redrive',
  usage: [''],
  summary: {
    fr: 'Reprend ce qui est resté en plan : compilations mortes ou échouées, effacements interrompus, pièces jointes arrivées, messages non remis ; puis compile. Sort avec 1 s’il reste quelque chose.',
    en: 'Takes up what was left undone: dead or failed compiles, erasures cut short, attachments that have come, messages not delivered; then compiles. Exits with 1 if something remains.',
  },
  options: {},
  run: async (call) => {
    const { home, terminal } = call;
    const { dead, failed } = await unfinishedRuns(home.registry, home.clock);
    for (const { runId } of dead) {
      await finishRun(home.registry, home.clock, runId, new InterruptedError());
    }
    const erasures = await finishErasures(home, operator);
    const attachments = await completeWaiting(home);
    const starts = await home.deployment?.receiveUndelivered();
    for (const { runId, died } of starts?.deaths ?? []) {
      await noteDeath(home.registry, home.clock, runId, died);
    }
    const found: readonly (readonly [keyof typeof names, number])[] = [
      ['dead', dead.length],
      ['failed', failed.length],
      ['cutShort', erasures.finished],
      ['erased', erasures.toCompile],
      ['settled', attachments.completed],
      ...(starts === undefined ? [] : [['starts', starts.count] as const]),
    ];
    for (const [name, count] of found) {
      terminal.out(`${names[name][terminal.language]}\t${count}`);
    }
    await compileOnce(call);
    // Only now: what they wanted has been done.
    await starts?.forget();
    const { toCompile, forgotten } = await finishErasures(home, operator);
    const remaining = toCompile + attachments.errors.length;
    if (!forgotten) terminal.err(logHeld[terminal.language]);
    if (remaining > 0) {
      terminal.err(
        terminal.language === 'fr'
          ? `Il reste ${remaining} choses à reprendre : recommencez plus tard, ou voyez fiche verify.`
          : `${remaining} things remain to be taken up: do it again later, or see fiche verify.`,
      );
      return 1;
    }
    if (!forgotten) return 1;
    terminal.err(
      terminal.language === 'fr' ? 'Compilé ; il ne reste rien.' : 'Compiled; nothing remains.',
    );
    return 0;
  },
};

const names = {
  dead: { fr: 'Compilations mortes, closes', en: 'Dead compiles, closed' },
  failed: {
    fr: 'Compilations échouées depuis la dernière bonne',
    en: 'Compiles failed since the last good one',
  },
  cutShort: { fr: 'Effacements interrompus, menés à bien', en: 'Erasures cut short, finished' },
  erased: {
    fr: 'Effacements à retirer des jeux de données',
    en: 'Erasures to withdraw from datasets',
  },
  settled: {
    fr: 'Fiches dont les fichiers étaient arrivés',
    en: 'Submissions whose files had come',
  },
  starts: { fr: 'Messages non remis', en: 'Messages not delivered' },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** Throws what a compile throws. */
async function compileOnce({ home, terminal }: Call): Promise<void> {
  const progress = progressOf(terminal, { fr: 'Compilation', en: 'Compiling' });
  await home
    .compile((done, of) => {
      progress.at(done, of);
    })
    .finally(() => {
      progress.end();
    });
}

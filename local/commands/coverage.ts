import { listOrganisations } from '../../shared/access/organisation-records.ts';
import {
  readCoverage,
  type CoveredOrganisation,
} from '../../shared/dataset/derived/coverage-report.ts';
import { remindersOf } from '../../shared/dataset/derived/reminders.ts';
import type { Bilingual } from '../../shared/text.ts';
import { named, type Call, type Command } from '../command.ts';

export const coverage: Command = {
  name: 'coverage',
  usage: ['', '--reminders'],
  summary: {
    fr: 'Dit qui a répondu à quelle fiche, ou écrit un rappel à chaque organisation en retard.',
    en: 'Tells who has answered which form, or writes a reminder to each organisation that has not.',
  },
  options: { reminders: { type: 'boolean' } },
  run: async (call) => {
    if (call.flag('reminders')) await tellReminders(call);
    else await tellCoverage(call);
    return 0;
  },
};

const states: Readonly<Record<CoveredOrganisation['state'], Bilingual>> = {
  answered: { fr: 'répondu', en: 'answered' },
  draft: { fr: 'commencé', en: 'begun' },
  none: { fr: 'rien', en: 'nothing' },
  overdue: { fr: 'en retard', en: 'overdue' },
};

const barLength = 20;

/** A bar for each form, then a line for each organisation. */
async function tellCoverage({ home, terminal }: Call): Promise<void> {
  const { language } = terminal;
  const { asOf, forms } = await named('coverage', readCoverage(home));
  terminal.out(asOf);
  for (const { title, formId, expected, answered, due, organisations } of forms) {
    const of = expected > 0 ? expected : organisations.length;
    if (of === 0) continue;
    const full = Math.min(barLength, Math.round((barLength * answered) / of));
    const bar = '█'.repeat(full) + '░'.repeat(barLength - full);
    terminal.out('');
    terminal.out(`${title[language] ?? formId} (${formId}${due === null ? '' : `, ${due}`})`);
    terminal.out(`${bar} ${answered}/${of}`);
    for (const { id, name, state, lastAt, completeness } of organisations) {
      const done = completeness === null ? '' : `${completeness.answered}/${completeness.asked}`;
      const cells = [states[state][language], id, name, lastAt?.slice(0, 10) ?? '', done];
      terminal.out(`  ${cells.join('\t')}`);
    }
  }
}

async function tellReminders({ home, terminal }: Call): Promise<void> {
  const covered = await named('coverage', readCoverage(home));
  const reminders = remindersOf(covered, await listOrganisations(home.registry), {
    language: terminal.language,
    url: home.publicUrl,
  });
  const line = '─'.repeat(60);
  for (const { name, contact, subject, text } of reminders) {
    const to = contact === null ? name : `${name} <${contact}>`;
    terminal.out([line, to, subject, '', text].join('\n'));
  }
  terminal.err(
    terminal.language === 'fr'
      ? `${reminders.length} organisations attendues.`
      : `${reminders.length} organisations awaited.`,
  );
}

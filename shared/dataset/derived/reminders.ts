import type { Organisation } from '../../access/organisation-records.ts';
import { daysBetween } from '../../plan/days.ts';
import type { Language } from '../../text.ts';
import type { Coverage, CoveredForm, CoveredOrganisation } from './coverage-report.ts';

/** What an organisation still owes of one form. */
interface Owed {
  readonly formId: string;
  readonly state: CoveredOrganisation['state'];
  readonly due: string | null;
  readonly daysOverdue: number | null;
}

/** A message to one organisation, ready to send. */
export interface Reminder {
  readonly organisation: string;
  readonly name: string;
  /** How the coordination reaches it, if it has noted that. */
  readonly contact: string | null;
  /** Opens the message in a mail program; null: the contact names no e-mail address. */
  readonly mailto: string | null;
  readonly subject: string;
  readonly text: string;
  readonly forms: readonly Owed[];
}

interface Item {
  readonly form: CoveredForm;
  readonly organisation: CoveredOrganisation;
}

/**
 * One reminder for each active organisation from which something is still awaited: a form that it owes
 * and has not sent, or a submission that was sent back to it. The longest overdue come first.
 */
export function remindersOf(
  { asOf, forms }: Coverage,
  organisations: readonly Organisation[],
  { language, url }: { readonly language: Language; readonly url: string | undefined },
): readonly Reminder[] {
  const reminders = organisations
    .filter(({ state }) => state === 'active')
    .flatMap((organisation): Reminder[] => {
      const owed = forms
        .flatMap((form) => itemsOf(form, organisation.id))
        .sort((one, other) => urgency(other) - urgency(one));
      return owed.length === 0 ? [] : [write(organisation, owed, { asOf, language, url })];
    });
  const latest = ({ forms: owed }: Reminder): number =>
    Math.max(0, ...owed.map(({ daysOverdue }) => daysOverdue ?? 0));
  return reminders.sort((one, other) => latest(other) - latest(one));
}

function itemsOf(form: CoveredForm, id: string): readonly Item[] {
  return form.organisations
    .filter((organisation) => organisation.id === id)
    .filter(({ state, needsChanges }) =>
      state === 'answered' ? needsChanges > 0 : form.expected > 0 || needsChanges > 0,
    )
    .map((organisation) => ({ form, organisation }));
}

function urgency({ form, organisation }: Item): number {
  if (organisation.daysOverdue !== null) return organisation.daysOverdue;
  return form.due === null ? Number.NEGATIVE_INFINITY : -Date.parse(form.due);
}

interface Circumstances {
  readonly asOf: string;
  readonly language: Language;
  readonly url: string | undefined;
}

function write(
  { id, name, contact }: Organisation,
  items: readonly Item[],
  about: Circumstances,
): Reminder {
  const words = sentences[about.language];
  const subject = words.subject(name, items.length);
  const text = [
    words.greeting,
    '',
    words.awaited(name),
    '',
    ...items.map((item) => `– ${words.item(item, about.asOf)}`),
    '',
    ...(about.url === undefined ? [] : [words.where(about.url), '']),
    words.already,
    '',
    words.closing,
  ].join('\n');
  const address = /[^\s<>,;:"']+@[^\s<>,;:"']+\.[^\s<>,;:"']+/.exec(contact ?? '')?.[0];
  return {
    organisation: id,
    name,
    contact: contact ?? null,
    mailto:
      address === undefined
        ? null
        : `mailto:${encodeURIComponent(address)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text.replaceAll('\n', '\r\n'))}`,
    subject,
    text,
    forms: items.map(({ form: { formId, due }, organisation: { state, daysOverdue } }) => ({
      formId,
      state,
      due,
      daysOverdue,
    })),
  };
}

interface Sentences {
  readonly subject: (name: string, count: number) => string;
  readonly greeting: string;
  readonly awaited: (name: string) => string;
  readonly item: (item: Item, asOf: string) => string;
  readonly where: (url: string) => string;
  readonly already: string;
  readonly closing: string;
}

const sentences: Readonly<Record<Language, Sentences>> = {
  fr: {
    subject: (name, count) => `Rappel : ${count === 1 ? 'une fiche' : `${count} fiches`} – ${name}`,
    greeting: 'Bonjour,',
    awaited: (name) => `La coordination attend encore de ${name} :`,
    item: ({ form, organisation }, asOf) =>
      `${titleOf(form, 'fr')}${[
        dueWords(form.due, asOf, 'fr'),
        organisation.needsChanges > 0
          ? `, ${organisation.needsChanges === 1 ? 'une réponse renvoyée' : `${organisation.needsChanges} réponses renvoyées`} pour correction`
          : progress(organisation, (done, of) => `, commencée (${done} questions sur ${of})`),
      ].join('')} ;`,
    where: (url) => `Pour répondre : ${url}`,
    already: 'Si votre réponse est partie entre-temps, ne tenez pas compte de ce message.',
    closing: 'Merci d’avance,\nla coordination',
  },
  en: {
    subject: (name, count) => `Reminder: ${count === 1 ? 'a form' : `${count} forms`} – ${name}`,
    greeting: 'Hello,',
    awaited: (name) => `The coordination is still waiting for ${name} to send:`,
    item: ({ form, organisation }, asOf) =>
      `${titleOf(form, 'en')}${[
        dueWords(form.due, asOf, 'en'),
        organisation.needsChanges > 0
          ? `, ${organisation.needsChanges === 1 ? 'one answer' : `${organisation.needsChanges} answers`} sent back for correction`
          : progress(organisation, (done, of) => `, begun (${done} of ${of} questions)`),
      ].join('')};`,
    where: (url) => `To answer: ${url}`,
    already: 'If you have answered in the meantime, please disregard this message.',
    closing: 'With thanks,\nthe coordination',
  },
};

function titleOf({ formId, title }: CoveredForm, language: Language): string {
  return title[language] ?? title['fr'] ?? Object.values(title)[0] ?? formId;
}

function progress(
  { completeness }: CoveredOrganisation,
  say: (done: number, of: number) => string,
): string {
  if (completeness === null || completeness.asked === 0) return '';
  return say(completeness.answered, completeness.asked);
}

/** `, attendue le 20 janvier 2026, en retard de 6 jours`; '' without a due date. */
function dueWords(due: string | null, asOf: string, language: Language): string {
  if (due === null) return '';
  const format = new Intl.DateTimeFormat(language === 'fr' ? 'fr' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'UTC',
  });
  const day = format.format(new Date(`${due}T00:00:00.000Z`));
  const left = daysBetween(asOf, due);
  const days = (count: number): string => {
    if (language === 'fr') return count === 1 ? 'un jour' : `${count} jours`;
    return count === 1 ? 'one day' : `${count} days`;
  };
  if (language === 'fr') {
    const when =
      left < 0 ? `en retard de ${days(-left)}` : left === 0 ? 'aujourd’hui' : `dans ${days(left)}`;
    return `, attendue le ${day} (${when})`;
  }
  const when = left < 0 ? `${days(-left)} overdue` : left === 0 ? 'today' : `in ${days(left)}`;
  return `, due on ${day} (${when})`;
}

import { listVersions, type ListedVersion } from '../../shared/dataset/versions/read-datasets.ts';
import {
  readVersionChanges,
  type VersionChanges,
} from '../../shared/dataset/versions/version-changes.ts';
import type { Bilingual, Language } from '../../shared/text.ts';
import { named, word, type Call, type Command, type Terminal } from '../command.ts';

export const versions: Command = {
  name: 'versions',
  usage: ['DATASET', 'DATASET --changes [--from V] [--to V]'],
  summary: {
    fr: 'Les versions d’un jeu de données, ou ce qui a changé de l’une à l’autre.',
    en: 'The versions of a dataset, or what changed from one to another.',
  },
  options: {
    changes: { type: 'boolean' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
  run: async (call) => {
    const dataset = word(call, 0, 'DATASET');
    const { language } = call.terminal;
    if (call.flag('changes')) return tellChanges(call, dataset);
    const listed = await named(dataset, listVersions(call.home, dataset, 'coordinator'));
    for (const version of listed) call.terminal.out(lineOf(version, language));
    return 0;
  },
};

const states: Readonly<Record<ListedVersion['state'], Bilingual>> = {
  published: { fr: 'disponible', en: 'available' },
  withdrawn: { fr: 'retirée', en: 'withdrawn' },
  expired: { fr: 'expirée', en: 'expired' },
};
const reasons = new Map<string, Bilingual>([
  ['erasure', { fr: 'effacement', en: 'erasure' }],
  ['damaged', { fr: 'fichiers abîmés', en: 'damaged files' }],
]);

function lineOf(listed: ListedVersion, language: Language): string {
  const { version, createdAt, state, reason = '', rows, withdrawnAt, expiredAt, files } = listed;
  const why = reasons.get(reason)?.[language] ?? reason;
  const count = files?.length ?? 0;
  const gone = files === undefined ? '' : `${count} ${language === 'fr' ? 'fichiers' : 'files'}`;
  const cells = [version, createdAt, rows ?? '-', states[state][language]];
  const more = [withdrawnAt ?? expiredAt ?? '', why, gone].filter((text) => text !== '');
  return [...cells, ...more].join('\t');
}

async function tellChanges(call: Call, dataset: string): Promise<number> {
  const { home, terminal } = call;
  const asked = { from: call.value('from'), to: call.value('to') };
  const what = [dataset, asked.from, asked.to].filter((text) => text !== undefined).join(' ');
  let cursor: string | undefined;
  for (;;) {
    const page = await named(
      what,
      readVersionChanges(home, dataset, 'coordinator', { ...asked, cursor, limit: 200 }),
    );
    if (cursor === undefined) tellQuestions(page, terminal);
    for (const item of page.items) terminal.out(rowLine(item, terminal.language));
    if (page.next === null) {
      terminal.err(summaryOf(page, terminal.language));
      return 0;
    }
    cursor = page.next;
  }
}

const changes: Readonly<Record<VersionChanges['items'][number]['change'], Bilingual>> = {
  added: { fr: 'nouvelle', en: 'new' },
  changed: { fr: 'changée', en: 'changed' },
  removed: { fr: 'disparue', en: 'gone' },
  unchanged: { fr: 'inchangée', en: 'unchanged' },
};

function rowLine(
  { id, change, questions }: VersionChanges['items'][number],
  language: Language,
): string {
  const row = { fr: 'fiche', en: 'record' }[language];
  return [row, changes[change][language], id, questions.join(', ')].join('\t').trimEnd();
}

function tellQuestions({ questions }: VersionChanges, terminal: Terminal): void {
  const { language } = terminal;
  const tell = (change: VersionChanges['items'][number]['change'], header: string, more = '') => {
    terminal.out(['question', changes[change][language], header, more].join('\t').trimEnd());
  };
  for (const { header } of questions.added) tell('added', header);
  for (const { header, kind, before } of questions.changed) {
    tell('changed', header, kind === before.kind ? '' : `${before.kind} → ${kind}`);
  }
  for (const { header } of questions.removed) tell('removed', header);
}

function summaryOf({ from, to, counts }: VersionChanges, language: Language): string {
  const { added, changed, removed, unchanged } = counts;
  return language === 'fr'
    ? `De ${from} à ${to} : ${added} nouvelles, ${changed} changées, ${removed} disparues, ${unchanged} inchangées.`
    : `From ${from} to ${to}: ${added} new, ${changed} changed, ${removed} gone, ${unchanged} unchanged.`;
}

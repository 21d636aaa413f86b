import type { NoRisk } from '../shared/dataset/publish/preview-risk.ts';
import {
  classSizes,
  countText,
  hdxThreshold,
  recordsText,
  shareText,
} from '../shared/dataset/disclosure/risk-words.ts';
import type { Risk } from '../shared/dataset/versions/disclosure-risk.ts';
import type { Bilingual, Language } from '../shared/text.ts';

/** Why there is no risk to tell of. */
export const noRisk: Readonly<Record<NoRisk, Bilingual>> = {
  'not-compiled': {
    fr: 'Pas encore de réponses compilées : lancez d’abord « fiche compile ».',
    en: 'No compiled answers yet: run "fiche compile" first.',
  },
  'no-quasi-identifiers': {
    fr: 'Aucune question publique n’est marquée quasi_identifier : rien n’est généralisé ni retenu.',
    en: 'No public question is marked quasi_identifier: nothing is generalised or left out.',
  },
};

/** A table of the report: one line for each figure, cells parted by tabs. */
export function riskLines(risk: Risk, language: Language): readonly string[] {
  const { k, rows, suppressed, suppressedShare, globalRisk, before, after } = risk;
  const share = (one: number): string => shareText(one, language);
  const count = (one: number): string => countText(one, language);
  const words = headings[language];
  const sections: (readonly string[])[][] = [
    [
      ['k', String(k)],
      [words.records, count(rows)],
      [words.suppressed, count(suppressed), share(suppressedShare)],
    ],
    [
      [words.size, words.before, words.after],
      ...classSizes.map(([size, name]) => [
        name[language],
        count(before[size]),
        count(after[size]),
      ]),
    ],
  ];
  if (globalRisk !== undefined) {
    sections[0]?.push(
      [words.global, share(globalRisk.before), share(globalRisk.after)],
      ['max_risk', share(globalRisk.max)],
      ['HDX', share(hdxThreshold)],
    );
  }
  sections.push(identifierLines(risk, language), sensitiveLines(risk, language));
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((cells) => cells.join('\t')).join('\n'))
    .join('\n\n')
    .split('\n');
}

function identifierLines(
  { identifiers = [], drivers, suppressed }: Risk,
  language: Language,
): (readonly string[])[] {
  if (identifiers.length === 0) return [];
  const { identifier, level, loss, uniques, exact } = headings[language];
  const alone = new Map(drivers.map((driver) => [driver.question, driver.uniques]));
  return [
    [identifier, level, loss, uniques, exact],
    ...identifiers.map((one) => [
      one.question,
      one.level[language],
      shareText(one.loss, language),
      countText(alone.get(one.question) ?? 0, language),
      countText(Math.max(0, one.suppressedIfExact - suppressed), language),
    ]),
  ];
}

function sensitiveLines({ sensitive = [] }: Risk, language: Language): (readonly string[])[] {
  if (sensitive.length === 0) return [];
  const { sensitive: heading, before, after } = headings[language];
  return [
    [heading, 'l', before, after],
    ...sensitive.map(({ question, l, homogeneous }) => [
      question,
      String(l),
      ...[homogeneous.before, homogeneous.after].map((records) => countText(records, language)),
    ]),
  ];
}

const headings = {
  fr: {
    records: 'réponses qui peuvent être publiques',
    suppressed: 'réponses retenues',
    global: 'risque global, avant et après',
    size: 'classe d’équivalence',
    before: 'avant',
    after: 'après',
    identifier: 'quasi-identifiant',
    level: 'niveau',
    loss: 'perte',
    uniques: 'seules à cause de lui',
    exact: 'retenues en plus s’il était exact',
    sensitive: 'dans une classe trop peu diverse',
  },
  en: {
    records: 'records that may be public',
    suppressed: 'records left out',
    global: 'global risk, before and after',
    size: 'equivalence class',
    before: 'before',
    after: 'after',
    identifier: 'quasi-identifier',
    level: 'level',
    loss: 'loss',
    uniques: 'alone because of it',
    exact: 'left out besides if it were exact',
    sensitive: 'in a class that is not diverse enough',
  },
} as const;

/** What publishing the draft would cost, in a line. */
export function riskHint(risk: Risk, formId: string, language: Language): string {
  const { blocked, suppressed, suppressedShare, globalRisk } = risk;
  const share = shareText(suppressedShare, language);
  const global = shareText(globalRisk?.after ?? 0, language);
  const see = `fiche risk ${formId} --draft`;
  const refused = blocked === null ? '' : `${blocked.reason[language]} `;
  return {
    fr: `${refused}Risque global ${global}, ${recordsText(suppressed, 'fr')} à retenir (${share}). Le détail : ${see}`,
    en: `${refused}Global risk ${global}, ${recordsText(suppressed, 'en')} to leave out (${share}). In detail: ${see}`,
  }[language];
}

import type { Bilingual, Language } from '../../text.ts';
import type { Histogram, Risk } from '../versions/disclosure-risk.ts';

/**
 * HDX publishes microdata whose global risk is less than this:
 * https://humanitarian.atlassian.net/wiki/pages/diffpages.action?pageId=2143125509&originalId=2143092955
 */
export const hdxThreshold = 0.03;

/** Equivalence classes by their size. */
export const classSizes: readonly (readonly [size: keyof Histogram, words: Bilingual])[] = [
  ['1', { fr: 'seule', en: 'alone' }],
  ['2', { fr: '2', en: '2' }],
  ['3-4', { fr: '3 à 4', en: '3 to 4' }],
  ['5-9', { fr: '5 à 9', en: '5 to 9' }],
  ['10+', { fr: '10 ou plus', en: '10 or more' }],
];

type Identified = NonNullable<Risk['identifiers']>[number];

/** Why something is a quasi-identifier. */
export const reasonWords: Readonly<Record<Identified['reason'], Bilingual>> = {
  marked: { fr: 'marquée quasi_identifier', en: 'marked quasi_identifier' },
  depends: { fr: 'dépend d’un quasi-identifiant', en: 'depends on a quasi-identifier' },
  determines: { fr: 'détermine un quasi-identifiant', en: 'determines a quasi-identifier' },
  place: { fr: 'un lieu', en: 'a place' },
  rows: { fr: 'nombre de lignes', en: 'number of rows' },
  published: { fr: 'publié avec la réponse', en: 'published with the record' },
};

const nbsp = '\u00a0';

/** What stands between a name and what is said of it. */
export function colon(language: Language): string {
  return language === 'fr' ? ' :' : ':';
}

/** A whole number, thousands apart. */
export function countText(count: number, language: Language): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, language === 'fr' ? nbsp : ',');
}

/** A share of 0 to 1 as per cent, to a tenth. */
export function shareText(share: number, language: Language): string {
  const tenths = String(Number((share * 100).toFixed(1)));
  return language === 'fr' ? `${tenths.replace('.', ',')}${nbsp}%` : `${tenths}%`;
}

/** `1 record`, `12 records`. */
export function recordsText(count: number, language: Language): string {
  const noun = language === 'fr' ? 'réponse' : 'record';
  const isMany = language === 'fr' ? count > 1 : count !== 1;
  return `${countText(count, language)}${nbsp}${noun}${isMany ? 's' : ''}`;
}

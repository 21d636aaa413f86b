/** The languages in which Fiche itself speaks. Forms may have others. */
export type Language = 'fr' | 'en';

/** A sentence of the product, French first. */
export interface Bilingual {
  readonly fr: string;
  readonly en: string;
}

/** What a form says, by language code (`fr`, `en`, `wo`…). */
export type Translations = ReadonlyMap<string, string>;

import type { Bilingual } from '../../../text.ts';

/** Functions of XForms that are not for authors of XLSForms, with what to do instead. */
export const refusedFunctions: ReadonlyMap<string, Bilingual> = new Map([
  [
    'jr:itext',
    {
      fr: 'jr:itext() appartient à XForms : traduisez dans les colonnes label::Langue (code).',
      en: 'jr:itext() belongs to XForms: translate in the columns label::Language (code).',
    },
  ],
]);

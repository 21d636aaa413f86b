import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import { askedLanguage, languagesOfFiles } from '../rows/file-languages.ts';

/** How a table is wanted: with labels instead of codes, `select_multiple` over columns. */
export interface WantedVariant {
  /** A language of the form. */
  readonly labels?: string | undefined;
  readonly multiples?: 'joined' | 'split' | undefined;
}

/**
 * The name of the file that has the table of `file` (`x.csv`, `x.<repeat>.csv`, `x.xlsx`) as it is
 * wanted, of the `files` that there are. A table without anything to split is the same unsplit; a
 * workbook in the form's own language has no language in its name. Throws Fault `not-found`, which
 * says what there is.
 */
export function variantFile(
  dataset: string,
  files: readonly string[],
  file: string,
  { labels, multiples }: WantedVariant,
): string {
  if (labels === undefined && multiples !== 'split') return file;
  const [, base = '', ending = ''] = /^(.*)\.(csv|xlsx)$/.exec(file) ?? [];
  if (base === '' || (ending === 'xlsx' && multiples === 'split')) {
    throw noSuchVariant({
      fr: 'Les étiquettes (labels) vont avec les fichiers CSV et XLSX, les choix en colonnes (multiples=split) avec les fichiers CSV.',
      en: 'Labels go with CSV and XLSX files, choices in columns (multiples=split) with CSV files.',
    });
  }
  const language = labels === undefined ? undefined : askedLanguage(labels);
  const languages = languagesOfFiles(dataset, files);
  if (language !== undefined && !languages.includes(language)) {
    const list = languages.join(', ') || '–';
    throw noSuchVariant({
      fr: `Ce jeu n’a pas d’étiquettes dans cette langue ; il en a en : ${list}.`,
      en: `This dataset has no labels in that language; it has them in: ${list}.`,
    });
  }
  const named = language === undefined ? base : `${base}.${language}`;
  const candidates = [
    ...(multiples === 'split' ? [`${named}.split.${ending}`] : []),
    `${named}.${ending}`,
    ...(ending === 'xlsx' ? [file] : []),
  ];
  const found = candidates.find((name) => files.includes(name));
  if (found !== undefined) return found;
  throw noSuchVariant({
    fr: `${file} n’existe pas sous cette forme.`,
    en: `There is no ${file} in that form.`,
  });
}

function noSuchVariant(message: Bilingual): Fault {
  return new Fault('not-found', { errors: [{ pointer: '', code: 'no-such-variant', message }] });
}

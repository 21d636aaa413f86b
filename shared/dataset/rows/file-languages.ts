/** A language of a dataset's files. */
export interface FileLanguage {
  /** As in labels: `fr`, or whatever a form calls it. */
  readonly code: string;
  /** What names of files call it. */
  readonly file: string;
}

/** The parts of file names that say which variant of a table it is: no repeat's table is called so. */
const variants: readonly string[] = ['split', 'flat', 'hxl'];

/**
 * What names of files call these languages: only what a file's name may hold, no two the same. A form
 * may call a language `Français` without any code.
 */
export function fileLanguages(codes: readonly string[]): readonly FileLanguage[] {
  const taken = new Set(variants);
  return [...new Set(codes)].map((code) => {
    const plain = plainName(code);
    let file = plain;
    for (let number = 2; taken.has(file); number += 1) file = `${plain}-${number}`;
    taken.add(file);
    return { code, file };
  });
}

function plainName(code: string): string {
  const plain = code
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
  return plain.replaceAll(/[^a-z0-9-]/g, '-') || 'x';
}

/** What names of files call a language that someone asks for, by its code or as they call it. */
export function askedLanguage(text: string): string {
  return plainName(text.trim());
}

/** The languages, as names of files call them, that a dataset with these files has labels in. */
export function languagesOfFiles(dataset: string, files: readonly string[]): readonly string[] {
  const tables = new Map<string, Set<string>>();
  for (const file of files) {
    const [, name = '', rest = ''] = file.slice(dataset.length).split('.');
    if (!file.startsWith(`${dataset}.`) || !file.endsWith('.csv')) continue;
    tables.set(name, (tables.get(name) ?? new Set()).add(rest));
  }
  // A repeat's table has files of its own in each language; a language has only a split one.
  return [...tables].flatMap(([name, rests]) => {
    const isLanguage = [...rests].every((rest) => rest === 'csv' || rest === 'split');
    return isLanguage && rests.has('csv') && !variants.includes(name) ? [name] : [];
  });
}

/** Names that tables must not have, lest two files of a dataset be called the same. */
export function reservedTableNames(languages: readonly string[]): ReadonlySet<string> {
  return new Set([...variants, ...fileLanguages(languages).map(({ file }) => file)]);
}

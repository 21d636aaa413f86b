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
    const plain =
      code
        .normalize('NFD')
        .replaceAll(/\p{Mn}/gu, '')
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]/g, '-') || 'x';
    let file = plain;
    for (let number = 2; taken.has(file); number += 1) file = `${plain}-${number}`;
    taken.add(file);
    return { code, file };
  });
}

/** Names that tables must not have, lest two files of a dataset be called the same. */
export function reservedTableNames(languages: readonly string[]): ReadonlySet<string> {
  return new Set([...variants, ...fileLanguages(languages).map(({ file }) => file)]);
}

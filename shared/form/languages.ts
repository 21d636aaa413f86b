/** The language that a heading such as `label::Français (fr)` names. */
export interface HeadingLanguage {
  /** What stands between the parentheses, lower case; without any, the name as it is. */
  readonly code: string;
  readonly name: string;
}

/** Reads `Français (fr)`, `fr` or `English`. */
export function readLanguage(text: string): HeadingLanguage {
  const trimmed = text.trim();
  const parts = /^(.*)\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\s*\)$/.exec(trimmed);
  if (parts !== null) {
    const [, name = '', code = ''] = parts;
    return { code: code.toLowerCase(), name: name.trim() };
  }
  const isCode = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*$/.test(trimmed) && trimmed.length <= 3;
  return { code: isCode ? trimmed.toLowerCase() : trimmed, name: trimmed };
}

/** What people call each language, by code: `Français (fr)`, as the setting or the headings write it. */
export function languageNames(
  setting: string,
  headings: readonly HeadingLanguage[],
): ReadonlyMap<string, string> {
  const written = setting === '' ? headings : [readLanguage(setting), ...headings];
  return new Map(
    written.map(({ code, name }) => {
      const same = name === '' || name.toLowerCase() === code.toLowerCase();
      return [code, same ? name || code : `${name} (${code})`];
    }),
  );
}

/** The code of plain `label` columns when a form names no language at all. */
const fallbackLanguage = 'fr';

/**
 * The code that the setting `default_language` means (`Français (fr)`, `fr`, or just `Français` if a
 * heading has that name); without the setting, the first language of the headings, else French.
 */
export function defaultLanguageCode(setting: string, headings: readonly HeadingLanguage[]): string {
  if (setting === '') return headings[0]?.code ?? fallbackLanguage;
  const wanted = readLanguage(setting);
  const named = headings.find(
    (language) =>
      language.code === wanted.code || language.name.toLowerCase() === wanted.name.toLowerCase(),
  );
  return named?.code ?? wanted.code;
}

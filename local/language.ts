import type { Language } from '../shared/text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The language of the person at the terminal, as POSIX has it: English if their locale says so, else French. */
export function languageOf(environment: Environment): Language {
  const locale = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /^en/i.test(locale ?? '') ? 'en' : 'fr';
}

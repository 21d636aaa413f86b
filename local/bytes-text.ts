import type { Language } from '../shared/text.ts';

const units: Readonly<Record<Language, readonly string[]>> = {
  fr: ['o', 'ko', 'Mo', 'Go', 'To'],
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
};

/** A number of bytes for people: `3.2 MB`. Thousands, not 1,024s. */
export function bytesText(bytes: number, language: Language): string {
  const names = units[language];
  const power = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return `${text} ${names[power] ?? ''}`;
}

import type { Language } from '../text.ts';

const range =
  /^\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/;

/** The language to speak to a client, from its Accept-Language: French unless English is preferred. */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return 'fr';
  const quality = new Map<string, number>();
  for (const part of acceptLanguage.split(',')) {
    const match = range.exec(part);
    if (match === null) continue;
    const language = (match[1] ?? '').toLowerCase();
    quality.set(language, Math.max(quality.get(language) ?? 0, Number(match[2] ?? 1)));
  }
  const anyOther = quality.get('*') ?? 0;
  const french = quality.get('fr') ?? anyOther;
  const english = quality.get('en') ?? anyOther;
  return english > french ? 'en' : 'fr';
}

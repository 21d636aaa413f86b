import type { Language } from '../../text.ts';

/** What a phone shows to whoever sent a form that has arrived. `missing`: how many files are yet to come. */
export function receivedMessage(
  { created, missing }: { readonly created: boolean; readonly missing: number },
  language: Language,
): string {
  if (language === 'en') {
    if (missing === 1) return 'Form received. One file is still to come.';
    if (missing > 1) return `Form received. ${missing} files are still to come.`;
    return created
      ? 'Form received. Thank you.'
      : 'This form had already been received. Thank you.';
  }
  if (missing === 1) return 'Fiche reçue. Il manque encore un fichier.';
  if (missing > 1) return `Fiche reçue. Il manque encore ${missing} fichiers.`;
  return created ? 'Fiche reçue. Merci.' : 'Cette fiche était déjà arrivée. Merci.';
}

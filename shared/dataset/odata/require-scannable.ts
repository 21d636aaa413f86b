import { notImplemented } from './odata-fault.ts';
import type { PageLimits } from './page-limits.ts';
import type { RowSource } from './row-source.ts';

/** Throws Fault `not-implemented` where looking at every row would take longer than a request may. */
export function requireScannable(
  option: string,
  { bytes }: Pick<RowSource, 'bytes'>,
  { whole }: Pick<PageLimits, 'whole'>,
): void {
  if (bytes <= whole) return;
  const size = Math.ceil(bytes / 1e6);
  const most = Math.floor(whole / 1e6);
  throw notImplemented({
    fr: `${option} demande de lire tout le jeu (${size} Mo), ce qui ne se fait que jusqu’à ${most} Mo. Lisez les pages sans cette option, ou téléchargez un fichier du jeu.`,
    en: `${option} needs all of the dataset to be read (${size} MB), which is done up to ${most} MB. Read the pages without this option, or download a file of the dataset.`,
  });
}

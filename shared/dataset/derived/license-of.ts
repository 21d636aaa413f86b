import type { PublishedForm } from './published-forms.ts';

/** The licence of what is made from several forms: one if all of them have the same. */
export function licenseOf(forms: readonly PublishedForm[]): string | null {
  const licenses = new Set(forms.map(({ models }) => models[0]?.settings.license));
  return licenses.size === 1 ? ([...licenses][0] ?? null) : null;
}

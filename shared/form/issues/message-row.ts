import type { Bilingual } from '../../text.ts';

/** A fault or a warning that a form can have. */
export interface MessageRow {
  readonly severity: 'error' | 'warning';
  /** Given what was found (a, b), says what is wrong and what to do about it. */
  readonly message: (a: string, b: string) => Bilingual;
}

export const error = (message: MessageRow['message']): MessageRow => ({
  severity: 'error',
  message,
});
export const warning = (message: MessageRow['message']): MessageRow => ({
  severity: 'warning',
  message,
});

/** ` Did you mean …?`, if there is a name like it. */
export const meant = (near: string): Bilingual =>
  near === ''
    ? { fr: '', en: '' }
    : { fr: ` Vouliez-vous dire « ${near} » ?`, en: ` Did you mean "${near}"?` };

export const oneOf = (found: string, allowed: string): Bilingual => ({
  fr: `« ${found} » n’est pas une valeur de cette colonne : écrivez ${allowed}.`,
  en: `"${found}" is no value of this column: write ${allowed}.`,
});

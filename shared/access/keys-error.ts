import type { Bilingual } from '../text.ts';

/** The secret of the installation is missing, damaged or another one: said to the operator as it is. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly text: Bilingual;

  constructor(text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}

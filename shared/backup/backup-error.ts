import type { Bilingual } from '../text.ts';

/** A backup or a restore that is refused, or that found something wrong: said to the operator as it is. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly text: Bilingual;

  constructor(text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}

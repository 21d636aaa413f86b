import { ExpressionError } from './expression-error.ts';
import type { Token } from './lexer.ts';

/** XPath that XLSForm clients do not have, by the token that gives it away. */
const unsupported = new Map([
  ['//', { fr: 'Le raccourci //', en: 'The shorthand //' }],
  ['@', { fr: 'Un attribut @', en: 'An attribute @' }],
  ['::', { fr: 'Un axe ::', en: 'An axis ::' }],
]);

/** The error for a token that cannot stand where it does, with the likeliest remedy. */
export function unexpectedToken(
  token: Token,
  previous: Token | undefined,
  expected: string | undefined,
): ExpressionError {
  const { offset, raw } = token;
  const hint = remedy(token, previous);
  const fr = (expected === undefined ? '' : ` ${expected} attendu.`) + (hint?.fr ?? '');
  const en = (expected === undefined ? '' : ` Expected ${expected}.`) + (hint?.en ?? '');
  if (token.kind === 'end') {
    return new ExpressionError(
      'unexpected-end',
      offset,
      `L’expression s’arrête trop tôt : complétez-la.${fr}`,
      `The expression ends too early: complete it.${en}`,
    );
  }
  const absent = unsupported.get(raw);
  if (absent !== undefined) {
    return new ExpressionError(
      'unsupported',
      offset,
      `${absent.fr} n’existe pas dans XLSForm : nommez la question par \${nom}.`,
      `${absent.en} does not exist in XLSForm: name the question by \${name}.`,
    );
  }
  return new ExpressionError(
    'unexpected-token',
    offset,
    `Élément inattendu : ${raw}.${fr === '' ? ' Retirez-le, ou écrivez ce qui manque devant lui.' : fr}`,
    `Unexpected: ${raw}.${en === '' ? ' Take it out, or write what is missing before it.' : en}`,
  );
}

function remedy(token: Token, previous: Token | undefined): { fr: string; en: string } | undefined {
  const lower = token.raw.toLowerCase();
  if (token.kind === 'name' && ['and', 'or', 'div', 'mod'].includes(lower)) {
    return { fr: ` Écrivez ${lower} en minuscules.`, en: ` Write ${lower} in lower case.` };
  }
  if (token.kind === 'name' && ['et', 'ou'].includes(lower)) {
    const word = lower === 'et' ? 'and' : 'or';
    return { fr: ` Écrivez ${word}.`, en: ` Write ${word}.` };
  }
  if (previous?.raw === '/') {
    return { fr: ' Pour diviser, écrivez div.', en: ' To divide, write div.' };
  }
  if (previous?.kind === 'text') {
    return {
      fr: ' Un texte qui contient une apostrophe s’écrit entre guillemets droits : "l\'eau".',
      en: ' Text that holds an apostrophe goes between double quotes: "l\'eau".',
    };
  }
  return undefined;
}

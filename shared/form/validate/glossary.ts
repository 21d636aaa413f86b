import type { Bilingual } from '../../text.ts';
import { cellText, type Row } from '../definition.ts';
import { readLanguage } from '../languages.ts';

/** A term to avoid that was found, as the text has it, and what to say instead. */
interface DeprecatedTerm {
  readonly found: string;
  readonly preferred: Bilingual;
}

/** Preferred terms of the network and those that they replace. */
export interface Glossary {
  /** False, most often, means that none of the texts joined here has a deprecated term. Cheap. */
  mayMention(text: string): boolean;
  /** The deprecated terms in a text, each once, in order of appearance. */
  deprecatedIn(text: string): readonly DeprecatedTerm[];
}

/** A glossary without terms. */
export const emptyGlossary: Glossary = { mayMention: () => false, deprecatedIn: () => [] };

const ascii = /^[\0-\x7f]*$/;

/** Lower case, without accents, with one kind of apostrophe. */
function fold(text: string): string {
  const plain = ascii.test(text) ? text : text.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return plain.toLowerCase().replaceAll('’', "'").replaceAll('œ', 'oe');
}

/**
 * A term as a pattern on folded text: whole words, each in the singular or with the plural in s or x,
 * whatever stands between them.
 */
function termPattern(term: string): string {
  return fold(term)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => `${word.length > 3 ? word.replace(/[sx]$/, '') : word}(?:s|x|es)?`)
    .join("[\\s'\\-\\u2010\\u2011\\u00a0]+");
}

/** Letters as French and English write them, by the letter that folding leaves of them. */
const accented: ReadonlyMap<string, string> = new Map([
  ['a', '[aàáâãäå]'],
  ['c', '[cç]'],
  ['e', '[eèéêë]'],
  ['i', '[iìíîï]'],
  ['n', '[nñ]'],
  ['o', '[oòóôõö]'],
  ['u', '[uùúûü]'],
  ['y', '[yýÿ]'],
]);
const accent = (letter: string): string => accented.get(letter) ?? letter;
const combining = /[\u0300-\u036f]/;

/**
 * The longest word of a term, to be found in lower-case text that has not been folded: folding every
 * text of every submission would cost more than the rest of its validation.
 */
function hintPattern(term: string): string {
  const words = fold(term)
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => (word.length > 3 ? word.replace(/[sx]$/, '') : word));
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
  return longest.replaceAll(/oe|[aceinouy]/g, (letters) =>
    letters === 'oe' ? `(?:${accent('o')}${accent('e')}|œ)` : accent(letters),
  );
}

const wordBefore = '(?<![\\p{L}\\p{N}])';
const wordAfter = '(?![\\p{L}\\p{N}])';

function anyOf(patterns: readonly string[], flags: string): RegExp {
  const longestFirst = [...patterns].sort((a, b) => b.length - a.length);
  return new RegExp(`${wordBefore}(?:${longestFirst.join('|')})${wordAfter}`, flags);
}

interface Term {
  /** As the glossary writes it. */
  readonly written: string;
  readonly pattern: string;
  readonly preferred: Bilingual;
}

/**
 * Reads the glossary's rows: `preferred::Français (fr)` is a term, `deprecated::Français (fr)` the
 * terms that it replaces, parted by `|` (or `;`). Without languages, `preferred` and `deprecated`.
 */
export function glossaryFrom(rows: readonly Row[]): Glossary {
  const entries = rows.map(readEntry);
  const terms = entries.flatMap((entry) => entry.deprecated);
  if (terms.length === 0) return emptyGlossary;
  const patterns = terms.map((term) => term.pattern);
  const each = anyOf(patterns, 'gu');
  const hint = new RegExp([...new Set(terms.map((term) => hintPattern(term.written)))].join('|'));
  const preferred = entries.flatMap((entry) => entry.preferred).filter((term) => term !== '');
  const allowed = preferred.length === 0 ? undefined : anyOf(preferred, 'gu');
  const whole = terms.map((term) => ({ term, whole: new RegExp(`^(?:${term.pattern})$`, 'u') }));
  return {
    mayMention: (text) => {
      const lower = text.toLowerCase();
      return hint.test(combining.test(lower) ? lower.normalize('NFC') : lower);
    },
    deprecatedIn: (text) => {
      const folded = fold(text);
      // A preferred term may hold a deprecated one, as "person with X" holds "X".
      const rest =
        allowed === undefined ? folded : folded.replace(allowed, (term) => '.'.repeat(term.length));
      const found = new Map<string, DeprecatedTerm>();
      for (const [match] of rest.matchAll(each)) {
        const term = whole.find((candidate) => candidate.whole.test(match))?.term;
        if (term !== undefined && !found.has(term.pattern)) {
          found.set(term.pattern, { found: term.written, preferred: term.preferred });
        }
      }
      return [...found.values()];
    },
  };
}

/** The terms that a row deprecates, and patterns of those that it prefers. */
function readEntry(row: Row): { deprecated: readonly Term[]; preferred: readonly string[] } {
  const preferred = new Map<string, string>();
  const deprecated: string[] = [];
  for (const [heading, cell] of Object.entries(row)) {
    const [column = '', language = ''] = heading.split('::');
    const text = cellText(cell);
    if (text === '') continue;
    if (column.trim().toLowerCase() === 'preferred') {
      preferred.set(language === '' ? 'fr' : readLanguage(language).code, text);
    } else if (column.trim().toLowerCase() === 'deprecated') {
      deprecated.push(...text.split(/[|;]/).map((term) => term.trim()));
    }
  }
  const any = preferred.get('fr') ?? preferred.get('en') ?? [...preferred.values()][0];
  if (any === undefined) return { deprecated: [], preferred: [] };
  const words = { fr: preferred.get('fr') ?? any, en: preferred.get('en') ?? any };
  return {
    deprecated: deprecated
      .map((written) => ({ written, pattern: termPattern(written), preferred: words }))
      .filter(({ pattern }) => pattern !== ''),
    preferred: [...preferred.values()].map(termPattern),
  };
}

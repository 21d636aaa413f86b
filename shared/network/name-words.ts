import { foldName } from './fold-name.ts';

/** What organisations call themselves beside their names, French and English, and words that join others. */
const idle: ReadonlySet<string> = new Set(
  (
    'association associations asso assoc ong ongs ngo ngos sarl sa suarl gie fondation foundation ' +
    'organisation organization org club groupement collectif reseau network inc ltd asbl onlus ' +
    'de du des d la le les l et en au aux a pour par sur un une of the for and in on to with'
  ).split(' '),
);

/** The words of a name that tell it from others; all of them, should there be no other ones. */
export function nameWords(name: string): readonly string[] {
  const all = wordsOf(name);
  const telling = all.filter((word) => !idle.has(word));
  return telling.length > 0 ? telling : all;
}

/** Letters and digits, whatever stands between them. */
function wordsOf(name: string): readonly string[] {
  return foldName(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The first letters of the words, once with what joins them and once without. */
export function initialsOf(name: string): readonly string[] {
  const first = (words: readonly string[]): string =>
    words.map(([letter]) => letter ?? '').join('');
  const joining = /^(de|du|des|d|la|le|les|l|et|en|au|aux|a|pour|of|the|for|and|in)$/;
  const long = wordsOf(name).filter((word) => !joining.test(word));
  return [...new Set([first(nameWords(name)), first(long)])].filter(({ length }) => length > 2);
}

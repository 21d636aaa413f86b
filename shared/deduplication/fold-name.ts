/**
 * A name without what people do not mean by it: case, accents, and how many spaces there are. Two
 * names that fold to the same text are one name.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim();
}

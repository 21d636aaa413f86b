/** Words that mean something else in an expression. */
const reserved = new Set(['null', 'true', 'false', 'not']);
const mostCharacters = 128;

/**
 * A name as OData takes it (4.0 part 3, SimpleIdentifier): letters of any script, digits and `_`, at
 * most 128 characters, no digit first.
 */
export function identifier(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_]/gu, '_');
  const named = /^[\p{L}\p{Nl}_]/u.test(plain) && !reserved.has(plain) ? plain : `_${plain}`;
  return cut(named, mostCharacters);
}

/** No letter is cut in two. */
function cut(text: string, characters: number): string {
  return Array.from(text).slice(0, characters).join('');
}

/**
 * Gives out names that differ even for tools that know no case, such as databases: a number tells
 * apart what would be the same.
 */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(name: string): string {
    let free = name;
    for (let number = 2; this.#taken.has(free.toLowerCase()); number += 1) {
      const suffix = `_${number}`;
      free = cut(name, mostCharacters - suffix.length) + suffix;
    }
    this.#taken.add(free.toLowerCase());
    return free;
  }
}

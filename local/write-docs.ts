/** `npm run docs`: writes what documents take from the code, between its markers. */

import { readFile, writeFile } from 'node:fs/promises';
import { operationsTable } from './operations-table.ts';

export interface GeneratedPart {
  /** From the repository's root. */
  readonly page: string;
  /** It stands between `<!-- made by npm run docs: NAME -->` and `<!-- end of NAME -->`. */
  readonly name: string;
  readonly make: () => string | Promise<string>;
}

export const generatedParts: readonly GeneratedPart[] = [
  { page: 'docs/api.md', name: 'operations', make: operationsTable },
];

const root = new URL('../', import.meta.url);

/** The page as it stands, and as it should. Throws if it has no such markers. */
export async function madeAgain({ page, name, make }: GeneratedPart) {
  const before = await readFile(new URL(page, root), 'utf8');
  const begin = `<!-- made by npm run docs: ${name} -->\n`;
  const end = `<!-- end of ${name} -->`;
  const [head, rest = ''] = before.split(begin);
  const [, tail] = rest.split(end);
  if (tail === undefined) throw new Error(`${page} has no markers of ${name}.`);
  return { before, after: `${head ?? ''}${begin}\n${await make()}\n\n${end}${tail}` };
}

if (import.meta.main) {
  for (const part of generatedParts) {
    const { before, after } = await madeAgain(part);
    if (after !== before) await writeFile(new URL(part.page, root), after);
  }
}

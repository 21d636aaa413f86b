import type { NodePaths } from './node-paths.ts';
import { lastSavedPath } from './print-xpath.ts';
import { xmlAttribute, xmlText } from '../../xml-text.ts';

/** `${name}` or `${last-saved#name}` somewhere in a text. */
const reference = /\$\{\s*(last-saved#)?([^\s${}#]{1,200})\s*\}/g;

/** A text that people read, as XML: `${name}` as what shows the answer, if there is such a question. */
export function textWithOutputs(text: string, paths: NodePaths, from: readonly string[]): string {
  return replaced(text, paths, from, xmlText, (path) => `<output value="${xmlAttribute(path)}"/>`);
}

/** The value of an attribute, not yet escaped, with paths in place of `${name}`. */
export function textWithPaths(text: string, paths: NodePaths, from: readonly string[]): string {
  return replaced(
    text,
    paths,
    from,
    (plain) => plain,
    (path) => path,
  );
}

/** Whether a text has anything to fill in. */
export function hasReference(text: string): boolean {
  return text.includes('${') && text.search(reference) >= 0;
}

function replaced(
  text: string,
  paths: NodePaths,
  from: readonly string[],
  plain: (text: string) => string,
  filled: (path: string) => string,
): string {
  if (!text.includes('${')) return plain(text);
  let written = 0;
  let result = '';
  for (const match of text.matchAll(reference)) {
    const [raw, lastSaved, name = ''] = match;
    const path = lastSaved === undefined ? paths.seenFrom(from, name) : lastSavedPath(name, paths);
    if (path === undefined) continue;
    result += plain(text.slice(written, match.index)) + filled(path);
    written = match.index + raw.length;
  }
  return result + plain(text.slice(written));
}

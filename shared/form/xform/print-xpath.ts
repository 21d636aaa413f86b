import { tokenize, type Token } from '../expression/lexer.ts';
import type { NodePaths } from './node-paths.ts';
import { xmlAttribute, xmlText } from '../../xml-text.ts';

/** Where an expression stands in its XForm. */
interface XPathPlace {
  readonly paths: NodePaths;
  /** Path of the node that `.` is. */
  readonly from: readonly string[];
  /** The expression is a predicate on other nodes, as a choice filter is on the rows of its list. */
  readonly predicate?: boolean;
  /** Of such a predicate on the instances of a repeat: the path of that repeat. */
  readonly items?: readonly string[] | undefined;
}

/** The instance in which a client keeps the last record that it saved. */
export const lastSavedInstance = '__last-saved';

type Frame =
  | { readonly kind: 'call'; readonly name: string; argument: number }
  | { readonly kind: 'parentheses' | 'predicate' };

/**
 * An expression of XLSForm as XForms' XPath: what it refers to by `${name}` as paths, absolute paths
 * from the root element as it is called here, places in predicates spelt out, all else as written. Which
 * path a `${name}` becomes is what pyxform does and clients expect, but for repeats seen from within,
 * see NodePaths.
 */
export function printXPath(source: string, place: XPathPlace): string {
  const frames: Frame[] = [];
  const tokens = tokenize(source);
  let printed = '';
  let written = 0;
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1];
    const path =
      pathFor(token, tokens[index - 2], previous, frames, place) ??
      positionFor(token, previous, tokens[index + 1]);
    if (path !== undefined) {
      printed += source.slice(written, token.offset);
      written = token.offset + token.raw.length;
      // A name that met another, or a hyphen, would become one name with it.
      const before = standsApart(printed.at(-1), '([,/') ? '' : ' ';
      const after = standsApart(source[written], ')],/[') ? '' : ' ';
      printed += before + path + after;
    }
    enter(token, previous, frames);
  }
  return printed + source.slice(written);
}

/** `[2]` as `[position() = 2]`, which means the same: Collect finds nothing by the former. */
function positionFor(
  token: Token,
  previous: Token | undefined,
  next: Token | undefined,
): string | undefined {
  const isPlace = token.kind === 'number' && previous?.raw === '[' && next?.raw === ']';
  return isPlace ? `position() = ${token.raw}` : undefined;
}

/** Whether a path can stand right beside a character: nothing, a blank, or one of `marks`. */
function standsApart(character: string | undefined, marks: string): boolean {
  return character === undefined || /\s/.test(character) || marks.includes(character);
}

/** What is to stand in place of a token, if it is not the token itself. */
function pathFor(
  token: Token,
  before: Token | undefined,
  previous: Token | undefined,
  frames: readonly Frame[],
  place: XPathPlace,
): string | undefined {
  const { paths } = place;
  if (token.kind === 'name' && previous?.raw === '/' && !endsOperand(before)) return paths.root;
  const call = frames.at(-1);
  if (token.kind === 'text') {
    const isQuestion =
      call?.kind === 'call' && call.name === 'jr:choice-name' && call.argument === 1;
    const [, name] =
      (isQuestion ? /^\s*\$\{\s*([^\s${}#]+)\s*\}\s*$/.exec(token.value) : null) ?? [];
    const path = name === undefined ? undefined : pathOf(name, frames, place);
    return path === undefined ? undefined : `'${path}'`;
  }
  if (token.kind !== 'reference') return undefined;
  if (token.lastSaved) return lastSavedPath(token.name, paths);
  // indexed-repeat() itself says which instance of each repeat is meant.
  const whole =
    call?.kind === 'call' &&
    call.name === 'indexed-repeat' &&
    (call.argument === 0 || call.argument % 2 === 1);
  return whole ? paths.absoluteOf(token.name) : pathOf(token.name, frames, place);
}

function pathOf(name: string, frames: readonly Frame[], place: XPathPlace): string | undefined {
  const item =
    place.items && !frames.some(({ kind }) => kind === 'predicate')
      ? place.paths.withinItem(name, place.items, place.from)
      : undefined;
  if (item !== undefined) return item;
  const inside = place.predicate === true || frames.some(({ kind }) => kind === 'predicate');
  const current = inside ? 'current()/' : '';
  const call = frames.at(-1);
  const around =
    call?.kind === 'call' && call.name === 'position'
      ? place.paths.instanceAround(place.from, name, current)
      : undefined;
  return around ?? place.paths.seenFrom(place.from, name, current);
}

/** The path of `${last-saved#name}`. */
function lastSavedPath(name: string, paths: NodePaths): string | undefined {
  const path = paths.absoluteOf(name);
  return path === undefined ? undefined : `instance('${lastSavedInstance}')${path}`;
}

function enter(token: Token, previous: Token | undefined, frames: Frame[]): void {
  if (token.kind !== 'symbol') return;
  if (token.raw === '(') {
    const isCall = previous?.kind === 'name';
    frames.push(
      isCall ? { kind: 'call', name: previous.raw, argument: 0 } : { kind: 'parentheses' },
    );
  } else if (token.raw === '[') frames.push({ kind: 'predicate' });
  else if (token.raw === ')' || token.raw === ']') frames.pop();
  else if (token.raw === ',') {
    const call = frames.at(-1);
    if (call?.kind === 'call') call.argument++;
  }
}

/** Whether a `/` after this token goes on from it, and does not begin at the root. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'operator') return false;
  return !(token.kind === 'symbol' && ['(', '[', ','].includes(token.raw));
}

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

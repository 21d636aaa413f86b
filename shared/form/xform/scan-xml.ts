import { Fault } from '../../fault.ts';
import { plainText, unusual } from './plain-text.ts';
import {
  maxAttributes,
  maxDepth,
  maxNodes,
  noAttributes,
  type OpenElement,
  type XmlElement,
} from './xml-element.ts';

const declaration =
  /^\ufeff?(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)? ?\?>)?/;

/** Letters of the first 8,192 characters: there are others, and the parser knows them. */
const letter = String.raw`A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff`;
const local = String.raw`[${letter}][${letter}\-.0-9\xb7]*`;
const name = `(?:${local}:)?${local}`;
const value = String.raw`(?:"[^"<&\t\n]*"|'[^'<&\t\n]*')`;
/** An element that holds no more than text; one that begins, with its attributes; one that ends. */
const leaf = new RegExp(`<(${local})>([^<]*)</\\1>`, 'y');
const start = new RegExp(
  String.raw`<(${name})((?:[ \t\n]+${name}=${value}){0,${maxAttributes}})[ \t\n]*(/?)>`,
  'y',
);
const end = new RegExp(String.raw`</(${name})[ \t\n]*>`, 'y');
const attribute = new RegExp(`(${name})=(${value})`, 'g');
const reservedNamespace = /^http:\/\/www\.w3\.org\/(?:XML\/1998\/namespace|2000\/xmlns\/)/;
const slash = 0x2f;

/**
 * The tree of an XML document that is as plain as clients write it, the same that parseXml gives;
 * undefined for any other, well-formed or not. The parser goes through a document character by
 * character, which takes several times as long as all the rest of receiving a submission; here
 * regular expressions, which look at each character a fixed number of times, take what is usual.
 * Throws Faults `nesting-too-deep`, `body-too-large` (too many elements).
 */
export function scanXml(document: string): XmlElement | undefined {
  const from = declaration.exec(document)?.[0].length ?? 0;
  if (unusual(document, from)) return undefined;
  return new Scanner(document.replaceAll(/\r\n?/g, '\n')).scan(from);
}

/** Namespaces that an element declares, by prefix; '' is that of names without one. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: Scope | undefined;
}

class Scanner {
  readonly #text: string;
  readonly #open: {
    readonly element: OpenElement;
    readonly name: string;
    readonly outer: Scope | undefined;
  }[] = [];
  #scope: Scope | undefined;
  #root: OpenElement | undefined;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(from: number): XmlElement | undefined {
    const text = this.#text;
    let at = from;
    while (at < text.length) {
      const tag = text.indexOf('<', at);
      if (!this.#say(tag === -1 ? text.slice(at) : text.slice(at, tag))) return undefined;
      if (tag === -1) break;
      const next = text.charCodeAt(tag + 1) === slash ? this.#end(tag) : this.#begin(tag);
      if (next === undefined) return undefined;
      at = next;
    }
    return this.#open.length === 0 ? this.#root : undefined;
  }

  #say(said: string): boolean {
    if (said === '') return true;
    const holder = this.#open.at(-1)?.element;
    if (holder === undefined) return !/[^ \t\n]/.test(said);
    holder.text += plainText(said);
    return true;
  }

  /** Where it goes on after an element that begins there. */
  #begin(at: number): number | undefined {
    const holder = this.#open.at(-1)?.element;
    leaf.lastIndex = at;
    const [, named, said = ''] = (holder && leaf.exec(this.#text)) ?? [];
    if (named !== undefined) {
      const namespace = this.#namespaceOf('') ?? '';
      this.#add({
        name: named,
        namespace,
        attributes: noAttributes,
        children: [],
        text: plainText(said),
      });
      return leaf.lastIndex;
    }
    start.lastIndex = at;
    const [, qualified = '', attributes = '', closes] = start.exec(this.#text) ?? [];
    const next = start.lastIndex;
    if (qualified === '' || (holder === undefined && this.#root !== undefined)) return undefined;
    const outer = this.#scope;
    const element = this.#element(qualified, attributes);
    if (element === undefined) return undefined;
    this.#add(element);
    if (closes === '') this.#open.push({ element, name: qualified, outer });
    else this.#scope = outer;
    return next;
  }

  #end(at: number): number | undefined {
    end.lastIndex = at;
    const closed = end.exec(this.#text)?.[1];
    const ended = this.#open.pop();
    if (closed === undefined || ended?.name !== closed) return undefined;
    this.#scope = ended.outer;
    return end.lastIndex;
  }

  #add(element: OpenElement): void {
    this.#count(1);
    if (this.#open.length >= maxDepth) {
      throw new Fault('nesting-too-deep', { extra: { most: maxDepth } });
    }
    const holder = this.#open.at(-1)?.element;
    if (holder === undefined) this.#root = element;
    else holder.children.push(element);
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > maxNodes) throw new Fault('body-too-large', { extra: { most: maxNodes } });
  }

  #element(qualified: string, written: string): OpenElement | undefined {
    const attributes = written === '' ? noAttributes : this.#attributes(written);
    const [namespace, named] = this.#resolve(qualified, this.#namespaceOf('') ?? '');
    if (namespace === undefined || attributes === undefined) return undefined;
    return { name: named, namespace, attributes, children: [], text: '' };
  }

  #attributes(written: string): ReadonlyMap<string, string> | undefined {
    const pairs = [...written.matchAll(attribute)].map(
      ([, named = '', quoted = '']) => [named, quoted.slice(1, -1)] as const,
    );
    this.#count(pairs.length);
    const declared = new Map<string, string>();
    for (const [named, namespace] of pairs) {
      if (!/^xmlns(?::|$)/.test(named)) continue;
      const prefix = named.slice('xmlns:'.length);
      if (declared.has(prefix) || !isPlain(prefix, namespace)) return undefined;
      declared.set(prefix, namespace);
    }
    if (declared.size > 0) this.#scope = { declared, outer: this.#scope };
    const attributes = new Map<string, string>();
    for (const [named, said] of pairs) {
      if (/^xmlns(?::|$)/.test(named)) continue;
      const [namespace, own] = this.#resolve(named, '');
      const key = namespace === '' ? own : `{${namespace ?? ''}}${own}`;
      if (namespace === undefined || attributes.has(key)) return undefined;
      attributes.set(key, said);
    }
    return attributes;
  }

  /** The namespace, undefined if nobody declared it, and the name without prefix. */
  #resolve(qualified: string, otherwise: string): [namespace: string | undefined, local: string] {
    const colon = qualified.indexOf(':');
    if (colon === -1) return [otherwise, qualified];
    return [this.#namespaceOf(qualified.slice(0, colon)), qualified.slice(colon + 1)];
  }

  #namespaceOf(prefix: string): string | undefined {
    for (let scope = this.#scope; scope !== undefined; scope = scope.outer) {
      const found = scope.declared.get(prefix);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Of declarations that are odd, the parser knows the rules. */
function isPlain(prefix: string, namespace: string): boolean {
  const isKept = namespace === namespace.trim() && (namespace !== '' || prefix === '');
  return isKept && !/^xml/i.test(prefix) && !reservedNamespace.test(namespace);
}

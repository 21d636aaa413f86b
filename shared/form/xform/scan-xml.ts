import {
  maxAttributes,
  maxDepth,
  maxNodes,
  noAttributes,
  type OpenElement,
  type XmlElement,
} from './xml-element.ts';

/** What an instance as phones write it does not hold: what becomes of it, the parser says. */
const unusual = /[^\t\n -\ufffd]|\]\]>|<[!?]|&(?!(?:amp|lt|gt|quot|apos);)/g;
const declaration =
  /^\ufeff?(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)? ?\?>)?/;

const name = String.raw`(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*`;
const value = String.raw`(?:"[^"<&\t\n]*"|'[^'<&\t\n]*')`;
/** An element that holds no more than text; one that begins, with its attributes; one that ends. */
const leaf = new RegExp(String.raw`<([A-Za-z_][\w.-]*)>([^<]*)</\1>`, 'y');
const start = new RegExp(
  String.raw`<(${name})((?:[ \t\n]+${name}=${value}){0,${maxAttributes}})[ \t\n]*(/?)>`,
  'y',
);
const end = new RegExp(String.raw`</(${name})[ \t\n]*>`, 'y');
const attribute = new RegExp(`(${name})=(${value})`, 'g');

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
const slash = 0x2f;

/**
 * The tree of an XML document that is as plain as phones write it, the same that parseXml gives;
 * undefined for any other, well-formed or not. The parser goes through a document character by
 * character, which takes several times as long as all the rest of receiving a submission; here
 * regular expressions, each of which looks at a character once, take what is usual.
 */
export function scanXml(text: string): XmlElement | undefined {
  const from = declaration.exec(text)?.[0].length ?? 0;
  unusual.lastIndex = from;
  if (unusual.test(text) || !text.isWellFormed()) return undefined;
  return new Scanner(text).scan(from);
}

class Scanner {
  readonly #text: string;
  /** By prefix; '' is that of names without one. Declared by the root alone. */
  readonly #namespaces = new Map<string, string>();
  readonly #open: { readonly element: OpenElement; readonly name: string }[] = [];
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
      if (next === undefined || this.#nodes > maxNodes) return undefined;
      at = next;
    }
    return this.#open.length === 0 ? this.#root : undefined;
  }

  #say(said: string): boolean {
    if (said === '') return true;
    const holder = this.#open.at(-1)?.element;
    if (holder === undefined) return !/[^ \t\n]/.test(said);
    holder.text += resolved(said);
    return true;
  }

  /** Where it goes on after an element that begins there. */
  #begin(at: number): number | undefined {
    const holder = this.#open.at(-1)?.element;
    leaf.lastIndex = at;
    const whole = holder === undefined ? null : leaf.exec(this.#text);
    if (whole !== null) return this.#leaf(whole, leaf.lastIndex);
    start.lastIndex = at;
    const [, qualified = '', attributes = '', closes] = start.exec(this.#text) ?? [];
    const next = start.lastIndex;
    if (qualified === '' || (holder === undefined && this.#root !== undefined)) return undefined;
    const element = this.#element(qualified, attributes);
    if (element === undefined || this.#open.length >= maxDepth) return undefined;
    this.#add(element);
    if (closes === '') this.#open.push({ element, name: qualified });
    return next;
  }

  #leaf([, local = '', said = '']: RegExpExecArray, next: number): number | undefined {
    if (this.#open.length >= maxDepth) return undefined;
    this.#add({
      name: local,
      namespace: this.#namespaces.get('') ?? '',
      attributes: noAttributes,
      children: [],
      text: resolved(said),
    });
    return next;
  }

  #end(at: number): number | undefined {
    end.lastIndex = at;
    const closed = end.exec(this.#text)?.[1];
    const ended = this.#open.pop();
    return closed !== undefined && ended?.name === closed ? end.lastIndex : undefined;
  }

  #add(element: OpenElement): void {
    this.#nodes += 1;
    const holder = this.#open.at(-1)?.element;
    if (holder === undefined) this.#root = element;
    else holder.children.push(element);
  }

  #element(qualified: string, written: string): OpenElement | undefined {
    const pairs = written === '' ? [] : [...written.matchAll(attribute)];
    this.#nodes += pairs.length;
    const others: [name: string, text: string][] = [];
    for (const [, named = '', quoted = ''] of pairs) {
      const said = quoted.slice(1, -1);
      if (!/^xmlns(?::|$)/.test(named)) others.push([named, said]);
      else if (!this.#declare(named.slice('xmlns:'.length), said)) return undefined;
    }
    const [namespace, local] = this.#resolve(qualified, this.#namespaces.get('') ?? '');
    if (namespace === undefined) return undefined;
    const attributes = this.#attributes(others);
    if (attributes === undefined) return undefined;
    return { name: local, namespace, attributes, children: [], text: '' };
  }

  /** Only the root's plain ones: of all others the parser knows the rules. */
  #declare(prefix: string, namespace: string): boolean {
    const isPlain =
      this.#root === undefined &&
      namespace !== '' &&
      namespace === namespace.trim() &&
      !/^xml/i.test(prefix) &&
      !/^http:\/\/www\.w3\.org\/(?:XML\/1998\/namespace|2000\/xmlns\/)/.test(namespace);
    if (!isPlain || this.#namespaces.has(prefix)) return false;
    this.#namespaces.set(prefix, namespace);
    return true;
  }

  #attributes(
    pairs: readonly (readonly [string, string])[],
  ): ReadonlyMap<string, string> | undefined {
    if (pairs.length === 0) return noAttributes;
    const attributes = new Map<string, string>();
    for (const [named, said] of pairs) {
      const [namespace, local] = this.#resolve(named, '');
      const key = namespace === '' ? local : `{${namespace ?? ''}}${local}`;
      if (namespace === undefined || attributes.has(key)) return undefined;
      attributes.set(key, said);
    }
    return attributes;
  }

  /** The namespace, undefined if nobody declared it, and the name without prefix. */
  #resolve(qualified: string, otherwise: string): [namespace: string | undefined, local: string] {
    const colon = qualified.indexOf(':');
    if (colon === -1) return [otherwise, qualified];
    return [this.#namespaces.get(qualified.slice(0, colon)), qualified.slice(colon + 1)];
  }
}

function resolved(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, (entity) => entities[entity] ?? '');
}

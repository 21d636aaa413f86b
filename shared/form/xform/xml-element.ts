import { Fault } from '../../fault.ts';
import { parseXml, XmlError, type XmlAttributes, type XmlRefusal } from '../../parse-xml.ts';
import type { Bilingual } from '../../text.ts';

/** An element of a filled form. Comments and processing instructions are not in it. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Its namespace; '' for none. */
  readonly namespace: string;
  /** Values of attributes by name; one with a namespace is called `{namespace}name`. No declarations of namespaces. */
  readonly attributes: XmlAttributes;
  readonly children: readonly XmlElement[];
  /** What stands directly in it, entities resolved, whitespace as it was sent. */
  readonly text: string;
}

/** One that is still being read. */
interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** Groups within groups come to no more levels; as many namespaces as attributes. */
const limits = { depth: 32, attributes: 40 };
/** Elements and attributes of one document: more than the longest record can hold answers. */
const maxNodes = 50_000;

const noAttributes: XmlAttributes = new Map();

/** The namespace of what JavaRosa adds to instances. */
const javaRosa = 'http://openrosa.org/javarosa';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
/** That of declarations of namespaces, which nothing may be bound to. */
const declarations = 'http://www.w3.org/2000/xmlns/';
const isDeclaration = /^xmlns(?::|$)/;

/** True for the pattern of a repeat's instances, which some clients send along: it is none of them. */
export function isTemplate(element: XmlElement): boolean {
  return element.attributes.has(`{${javaRosa}}template`);
}

/** Whether anything is said in an element or below it. */
export function saysSomething(element: XmlElement): boolean {
  return element.text.trim() !== '' || element.children.some(saysSomething);
}

/** A refusal of XML, in words that never quote it. */
export function badXml(code: string, message: Bilingual): Fault {
  return new Fault('malformed-request', { errors: [{ pointer: '', code, message }] });
}

/**
 * The tree of an XML document. Throws Faults `malformed-request`, `nesting-too-deep` and
 * `body-too-large` (too many elements or attributes).
 */
export function xmlTree(document: string): XmlElement {
  const tree = new Tree();
  try {
    parseXml(document, tree, limits);
  } catch (error) {
    throw error instanceof XmlError ? refusals[error.reason]() : error;
  }
  if (tree.root === undefined) throw refusals['not-well-formed']();
  return tree.root;
}

const refusals: Readonly<Record<XmlRefusal, () => Fault>> = {
  'not-well-formed': () =>
    badXml('not-xml', {
      fr: 'Ce qui a été envoyé n’est pas du XML bien formé.',
      en: 'What was sent is not well-formed XML.',
    }),
  doctype: () =>
    badXml('doctype', {
      fr: 'Une fiche remplie n’a pas de DOCTYPE.',
      en: 'A submission has no DOCTYPE.',
    }),
  encoding: notUtf8,
  'too-deep': () => new Fault('nesting-too-deep', { extra: { most: limits.depth } }),
  'too-many-attributes': () => new Fault('body-too-large', { extra: { most: limits.attributes } }),
};

export function notUtf8(): Fault {
  return badXml('not-utf-8', {
    fr: 'Le XML n’est pas en UTF-8.',
    en: 'The XML is not in UTF-8.',
  });
}

/** Namespaces that an element declares, by prefix; '' is that of names without one. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: Scope | undefined;
}

/** Builds the tree of one document, resolving the prefixes of names. */
class Tree {
  root: OpenElement | undefined;
  readonly #open: { readonly element: OpenElement; readonly outer: Scope | undefined }[] = [];
  #current: OpenElement | undefined;
  #scope: Scope | undefined;
  #nodes = 0;

  open(written: string, attributes: XmlAttributes): void {
    this.#nodes += 1 + attributes.size;
    if (this.#nodes > maxNodes) throw new Fault('body-too-large', { extra: { most: maxNodes } });
    const outer = this.#scope;
    const resolved = attributes.size === 0 ? noAttributes : this.#attributes(attributes);
    const [namespace, name] = this.#resolve(written, this.#namespaceOf('') ?? '');
    const element = { name, namespace, attributes: resolved, children: [], text: '' };
    if (this.#current === undefined) this.root = element;
    else this.#current.children.push(element);
    this.#open.push({ element, outer });
    this.#current = element;
  }

  close(): void {
    this.#scope = this.#open.pop()?.outer;
    this.#current = this.#open.at(-1)?.element;
  }

  text(text: string): void {
    if (this.#current !== undefined) this.#current.text += text;
  }

  #attributes(written: XmlAttributes): XmlAttributes {
    const declared = new Map<string, string>();
    for (const [name, value] of written) {
      if (!isDeclaration.test(name)) continue;
      const prefix = name.slice('xmlns:'.length);
      const namespace = value.trim();
      if (!isAllowed(prefix, namespace)) throw new XmlError('not-well-formed');
      declared.set(prefix, namespace);
    }
    if (declared.size > 0) this.#scope = { declared, outer: this.#scope };
    if (declared.size === written.size) return noAttributes;
    const attributes = new Map<string, string>();
    for (const [qualified, value] of written) {
      if (isDeclaration.test(qualified)) continue;
      const [namespace, name] = this.#resolve(qualified, '');
      const key = namespace === '' ? name : `{${namespace}}${name}`;
      if (attributes.has(key)) throw new XmlError('not-well-formed');
      attributes.set(key, value);
    }
    return attributes;
  }

  #resolve(written: string, unprefixed: string): [namespace: string, name: string] {
    const colon = written.indexOf(':');
    if (colon === -1) return [unprefixed, written];
    const namespace = this.#namespaceOf(written.slice(0, colon));
    if (namespace === undefined) throw new XmlError('not-well-formed');
    return [namespace, written.slice(colon + 1)];
  }

  #namespaceOf(prefix: string): string | undefined {
    for (let scope = this.#scope; scope !== undefined; scope = scope.outer) {
      const found = scope.declared.get(prefix);
      if (found !== undefined) return found;
    }
    return prefix === 'xml' ? xmlNamespace : undefined;
  }
}

/** What Namespaces in XML 1.0 let a prefix stand for. */
function isAllowed(prefix: string, namespace: string): boolean {
  if (prefix === 'xmlns' || namespace === declarations) return false;
  if ((prefix === 'xml') !== (namespace === xmlNamespace)) return false;
  return prefix === '' || namespace !== '';
}

import { SaxesParser } from 'saxes';
import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import {
  maxAttributes,
  maxDepth,
  maxNodes,
  noAttributes,
  type OpenElement,
  type XmlElement,
} from './xml-element.ts';

/**
 * The longest document, in UTF-16 code units, that is read character by character. Clients write
 * plainer ones, which scanXml reads.
 */
const maxParsed = 262_144;

/** The namespace of declarations of namespaces. */
const declarations = 'http://www.w3.org/2000/xmlns/';

/** A refusal of XML, in words that never quote it. */
export function badXml(code: string, message: Bilingual): Fault {
  return new Fault('malformed-request', { errors: [{ pointer: '', code, message }] });
}

function refuseError(): never {
  // The parser's own message quotes the document, which holds answers.
  throw badXml('not-xml', {
    fr: 'Ce qui a été envoyé n’est pas du XML bien formé.',
    en: 'What was sent is not well-formed XML.',
  });
}

function refuseDoctype(): never {
  throw badXml('doctype', {
    fr: 'Une fiche remplie n’a pas de DOCTYPE.',
    en: 'A submission has no DOCTYPE.',
  });
}

/** Bytes are read as UTF-8 whatever the declaration says: another encoding would be misread in silence. */
function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || /^(?:utf-?8|us-ascii)$/i.test(encoding)) return;
  throw badXml('not-utf-8', {
    fr: 'Le XML n’est pas en UTF-8.',
    en: 'The XML is not in UTF-8.',
  });
}

/** Builds the tree; one for each document. */
class TreeBuilder {
  readonly #top: OpenElement = element('', '');
  readonly #open: OpenElement[] = [this.#top];
  #current: OpenElement = this.#top;
  #nodes = 0;
  #attributes = 0;

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > maxNodes) throw new Fault('body-too-large', { extra: { most: maxNodes } });
  }

  attribute(): void {
    this.#count();
    this.#attributes += 1;
    if (this.#attributes > maxAttributes) {
      throw new Fault('body-too-large', { extra: { most: maxAttributes } });
    }
  }

  enter(opened: OpenElement): void {
    this.#current.children.push(opened);
    this.#open.push(opened);
    this.#current = opened;
  }

  /** Counted before the parser looks for namespaces, which takes it through all open elements. */
  begin(): void {
    this.#count();
    this.#attributes = 0;
    if (this.#open.length > maxDepth)
      throw new Fault('nesting-too-deep', { extra: { most: maxDepth } });
  }

  leave(): void {
    this.#open.pop();
    this.#current = this.#open.at(-1) ?? this.#top;
  }

  say(text: string): void {
    this.#current.text += text;
  }

  root(): XmlElement {
    return this.#top.children[0] ?? refuseError();
  }
}

function element(
  name: string,
  namespace: string,
  attributes: ReadonlyMap<string, string> = noAttributes,
): OpenElement {
  return { name, namespace, attributes, children: [], text: '' };
}

interface Attribute {
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

function attributesOf(all: Readonly<Record<string, Attribute>>): ReadonlyMap<string, string> {
  let found: Map<string, string> | undefined;
  for (const name in all) {
    const attribute = all[name];
    if (attribute === undefined || attribute.uri === declarations) continue;
    const { local, uri, value } = attribute;
    (found ??= new Map<string, string>()).set(uri === '' ? local : `{${uri}}${local}`, value);
  }
  return found ?? noAttributes;
}

/**
 * The tree of an XML document. It names no entity but XML's own five, for there is no DOCTYPE to
 * declare one. Throws Faults `malformed-request`, `nesting-too-deep`, `body-too-large` (too many
 * elements, or too long); the time that it takes grows with the length of the text alone.
 */
export function parseXml(text: string): XmlElement {
  if (text.length > maxParsed) throw new Fault('body-too-large', { extra: { most: maxParsed } });
  const builder = new TreeBuilder();
  const parser = new SaxesParser({
    ...{ xmlns: true, position: false },
    // XML 1.1 has control characters that no answer may hold.
    ...{ forceXMLVersion: true, defaultXMLVersion: '1.0' },
  });
  parser.on('error', refuseError);
  parser.on('doctype', refuseDoctype);
  parser.on('xmldecl', ({ encoding }) => {
    refuseEncoding(encoding);
  });
  parser.on('opentagstart', () => {
    builder.begin();
  });
  parser.on('attribute', () => {
    builder.attribute();
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    builder.enter(element(local, uri, attributesOf(attributes)));
  });
  parser.on('closetag', () => {
    builder.leave();
  });
  const say = (said: string): void => {
    builder.say(said);
  };
  parser.on('text', say);
  parser.on('cdata', say);
  parser.write(text).close();
  return builder.root();
}

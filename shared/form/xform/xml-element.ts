/** An element of a filled form. Comments and processing instructions are not in it. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Its namespace; '' for none. */
  readonly namespace: string;
  /** Values of attributes by name; one with a namespace is called `{namespace}name`. No declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** What stands directly in it, entities resolved, whitespace as it was sent. */
  readonly text: string;
}

/** One that is still being read. */
export interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** How deep elements may nest, the root being 1: groups within groups come to no more. */
export const maxDepth = 32;
/** Elements and attributes of one document: more than the longest record can hold answers. */
export const maxNodes = 50_000;
/** Attributes of one element: there are as many namespaces. */
export const maxAttributes = 40;

export const noAttributes: ReadonlyMap<string, string> = new Map();

/** The namespace of what JavaRosa adds to instances. */
const javaRosa = 'http://openrosa.org/javarosa';

/** True for the pattern of a repeat's instances, which some clients send along: it is none of them. */
export function isTemplate(element: XmlElement): boolean {
  return element.attributes.has(`{${javaRosa}}template`);
}

/** Whether anything is said in an element or below it. */
export function saysSomething(element: XmlElement): boolean {
  return element.text.trim() !== '' || element.children.some(saysSomething);
}

/** An element of a filled form. Comments and processing instructions are not in it. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Its namespace; '' for none. */
  readonly namespace: string;
  /** Values of attributes by name; one with a namespace is called `{namespace}name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** What stands directly in it, entities resolved, whitespace as it was sent. */
  readonly text: string;
}

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

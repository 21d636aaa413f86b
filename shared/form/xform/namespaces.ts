import { readNamespaces } from '../namespaces.ts';
import { isXmlName } from '../../xml-text.ts';

const standard: ReadonlyMap<string, string> = new Map([
  ['h', 'http://www.w3.org/1999/xhtml'],
  ['ev', 'http://www.w3.org/2001/xml-events'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema'],
  ['jr', 'http://openrosa.org/javarosa'],
  ['orx', 'http://openrosa.org/xforms'],
  ['odk', 'http://www.opendatakit.org/xforms'],
]);

/** The prefixes of an XForm, with those that the setting `namespaces` adds: `esri="https://…" …`. */
export function namespacesOf(setting: string): ReadonlyMap<string, string> {
  const namespaces = new Map(standard);
  for (const [prefix, address] of readNamespaces(setting)) {
    const reserved = namespaces.has(prefix) || /^xml/i.test(prefix);
    if (isXmlName(prefix) && !reserved) namespaces.set(prefix, address);
  }
  return namespaces;
}

/**
 * Attributes that a form writes itself (`bind::esri:length`), those alone that the XForm can have: one
 * whose prefix has no namespace would make it unreadable.
 */
export function ownAttributes(
  attributes: ReadonlyMap<string, string>,
  namespaces: ReadonlyMap<string, string>,
): [string, string][] {
  return [...attributes].filter(([name]) => {
    const parts = name.split(':');
    const [prefix = '', local] = parts;
    if (parts.length > 2 || prefix === 'xmlns' || !parts.every(isXmlName)) return false;
    return local === undefined || namespaces.has(prefix) || prefix === 'xml';
  });
}

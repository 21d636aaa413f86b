import type { Expression } from '../expression/expression.ts';
import type { FormModel, FormNode } from '../model.ts';
import {
  generatedNodes,
  isInMeta,
  type GeneratedNodes,
  metaName,
  NodePaths,
} from './node-paths.ts';
import { Itext } from './itext.ts';
import { printXPath, textWithPaths } from './print-xpath.ts';
import { SecondaryInstances } from './secondary-instances.ts';
import { readNamespaces } from '../namespaces.ts';
import { isXmlName } from '../../xml-text.ts';

/** What the parts of one XForm share while they are written. */
export class XFormParts {
  readonly model: FormModel;
  readonly paths: NodePaths;
  readonly itext: Itext;
  readonly lists: SecondaryInstances;
  readonly namespaces: ReadonlyMap<string, string>;
  readonly generated: GeneratedNodes;

  constructor(model: FormModel) {
    this.model = model;
    this.paths = new NodePaths(model);
    this.itext = new Itext(model, this.paths);
    this.lists = new SecondaryInstances(model, this.itext);
    this.namespaces = namespacesOf(model.settings.client.get('namespaces') ?? '');
    this.generated = generatedNodes(model);
  }

  /** The absolute path of a node. */
  refOf(node: FormNode): string {
    return this.paths.absolute(isInMeta(node) ? [metaName, 'orx:audit'] : node.path);
  }

  /** An expression as the node at `from` sees it. */
  xpath(expression: Expression, from: readonly string[]): string {
    return printXPath(expression.source, { paths: this.paths, from });
  }

  /** The form's own attributes for an element that belongs to a node. */
  own(attributes: ReadonlyMap<string, string>, node: FormNode): [string, string][] {
    if (attributes.size === 0) return [];
    return ownAttributes(attributes, this.namespaces).map(([name, text]) => [
      name,
      textWithPaths(text, this.paths, node.path),
    ]);
  }
}

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

import type { Expression } from '../expression/expression.ts';
import type { FormModel, FormNode } from '../model.ts';
import { generatedNodes, isInMeta, type GeneratedNodes } from './generated-nodes.ts';
import { Itext } from './itext.ts';
import { namespacesOf, ownAttributes } from './namespaces.ts';
import { metaName, NodePaths } from './node-paths.ts';
import { printXPath } from './print-xpath.ts';
import { textWithPaths } from './references-in-text.ts';
import { SecondaryInstances } from './secondary-instances.ts';

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

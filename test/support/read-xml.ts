import { SaxesParser } from 'saxes';

/** An element as a test looks at it. `name` is without prefix. */
export interface XmlNode {
  readonly name: string;
  readonly uri: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlNode[];
  text: string;
}

/** Reads XML; throws when it is not well-formed. */
export function readXml(xml: string): XmlNode {
  const parser = new SaxesParser({ xmlns: true });
  const top: XmlNode = { name: '', uri: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const attributes = new Map(
      Object.values(tag.attributes).map(({ name, value }) => [name, value]),
    );
    const node: XmlNode = { name: tag.local, uri: tag.uri, attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const add = (text: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(xml).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('There is no element.');
  return root;
}

/** The text of the only child of that name; undefined if there is none. Throws if there are several. */
export function childText(node: XmlNode, name: string): string | undefined {
  const found = node.children.filter((child) => child.name === name);
  if (found.length > 1) throw new Error(`${found.length} elements ${name}`);
  return found[0]?.text;
}

import { SaxesParser } from 'saxes';
import { listFault, type ListRows } from './list-rows.ts';

const itemDepth = 2;
const columnDepth = 3;

/** Adds the rows of an XML list: `<root><item><name>…</name><label>…</label></item>…</root>`. */
export function readXmlList(name: string, text: string, rows: ListRows): void {
  const parser = new SaxesParser();
  const refuse = (): never => {
    throw listFault(name, 'bad-xml-list', parser.line, {
      fr: `Ce XML n’est pas une liste (ligne ${parser.line}) : il faut <root><item><name>…</name><label>…</label></item>…</root>, sans DOCTYPE.`,
      en: `This XML is no list (line ${parser.line}): <root><item><name>…</name><label>…</label></item>…</root> is needed, without DOCTYPE.`,
    });
  };
  let depth = 0;
  let cells: [string, string][] = [];
  let cell = '';
  const take = (characters: string): void => {
    if (depth === columnDepth) cell += characters;
    else if (characters.trim() !== '') refuse();
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > columnDepth || (depth === itemDepth && tag.name !== 'item')) refuse();
    if (depth === itemDepth) cells = [];
    cell = '';
  });
  parser.on('closetag', (tag) => {
    if (depth === columnDepth) cells.push([tag.name, cell]);
    else if (depth === itemDepth) rows.add(cells);
    depth -= 1;
  });
  parser.write(text).close();
}

import { SaxesParser } from 'saxes';
import { refusedWorkbook } from './workbook-issues.ts';

/** The text of an XML part. Throws Fault `invalid-form` for a DOCTYPE and for what is not UTF-8. */
export function xmlText(name: string, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refusedWorkbook('damaged-workbook', name, '', cause);
  }
  // No workbook has one; entities that refer to files or swell stand in it.
  if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY')) {
    throw refusedWorkbook('damaged-workbook', `${name}: DOCTYPE`);
  }
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

/** An element as it opens, without prefixes. */
export interface PartElement {
  readonly name: string;
  /** The name of the element that it stands in, '' for the root. */
  readonly parent: string;
  /** By name without prefix; an id with a prefix (`r:id`) is called `rel:id`. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** The elements of a small XML part in their order. Throws Fault `invalid-form` if it is not well formed. */
export function partElements(name: string, text: string): PartElement[] {
  const elements: PartElement[] = [];
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name: tag, attributes }) => {
    elements.push({
      name: local(tag),
      parent: open.at(-1) ?? '',
      attributes: new Map(
        Object.entries(attributes).map(([key, value]) => [
          /^\w+:id$/i.test(key) ? 'rel:id' : local(key),
          value,
        ]),
      ),
    });
    open.push(local(tag));
  });
  parser.on('closetag', () => open.pop());
  try {
    parser.write(text).close();
  } catch (cause) {
    throw refusedWorkbook('damaged-workbook', name, '', cause);
  }
  return elements;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { xmlTree, type XmlElement } from '../../../../../shared/form/xform/xml-element.ts';
import { instanceXml } from '../../../../support/instance-xml.ts';

/** The tree, or the code of the refusal. */
function tree(text: string): XmlElement | string {
  try {
    return xmlTree(text);
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

interface Open {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Open[];
  text: string;
}

/** The tree that a parser that is not ours gives; undefined for what it refuses. */
function treeBySaxes(text: string): XmlElement | undefined {
  const refusal = new Error('refused');
  const top: Open = { name: '', namespace: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', () => {
    throw refusal;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const named = Object.values(attributes)
      .filter((attribute) => attribute.uri !== 'http://www.w3.org/2000/xmlns/')
      .map(({ local: name, uri: namespace, value }): [string, string] => [
        namespace === '' ? name : `{${namespace}}${name}`,
        value,
      ]);
    const opened: Open = {
      name: local,
      namespace: uri,
      attributes: new Map(named),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(opened);
    open.push(opened);
  });
  parser.on('closetag', () => open.pop());
  const say = (said: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += said;
  };
  parser.on('text', say);
  parser.on('cdata', say);
  try {
    parser.write(text).close();
  } catch (error) {
    if (error === refusal) return undefined;
    throw error;
  }
  return top.children[0];
}

describe('an instance as clients write it', () => {
  const answers = {
    title: 'Santé & abri <1>',
    empty: '',
    where: { lat: 1, lon: 2 },
    group: { sites: [{ name: 'A' }, {}] },
  };
  it.each([
    ['JavaRosa', instanceXml({ formId: 'f', version: '1', instanceId: 'uuid:12345678', answers })],
    [
      'Web Forms and Enketo',
      '<data xmlns="http://www.w3.org/2002/xforms" xmlns:orx="http://openrosa.org/xforms" id="f" version="1">' +
        '\n  <a/><b></b>\n<orx:meta><orx:instanceID>uuid:12345678</orx:instanceID></orx:meta></data>\n',
    ],
    [
      'with a declaration and a BOM',
      '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<d id=\'f\'><a> x </a></d>',
    ],
    [
      'with a template',
      '<d xmlns:jr="http://openrosa.org/javarosa"><r jr:template=""><a/></r></d>',
    ],
    [
      'with a namespace of meta alone, and CRLF',
      '<d xmlns="u"><a/><meta xmlns="v" x="1"><b/>\r\n<c xmlns="">d</c></meta>\r<e/></d>',
    ],
    ['with accents', '<données><prénom>Awa</prénom><été été="1"/></données>'],
    ['with references', '<d>&#233;&#x1F600;&#13;&#10;&#38;lt; \u0085</d>'],
    ['with texts between elements', '<d>a<b>c</b>d &lt;&apos; <e/>f</d>'],
    ['with prefixes on leaves', '<d xmlns:x="u"><x:a>1</x:a><x:b x:c="2" c="3"/></d>'],
    ['with a language', '<d xml:lang="fr"/>'],
  ])('is read as another parser reads it: %s', (_, xml) => {
    expect(tree(xml)).toEqual(treeBySaxes(xml));
  });
});

describe('namespaces', () => {
  it.each([
    ['a prefix used after the element that declared it', '<d><a xmlns:x="urn:x"/><x:b/></d>'],
    ['an undeclared prefix', '<d><x:a/></d>'],
    ['an undeclared prefix of an attribute', '<d x:a=""/>'],
    ['a prefix for no namespace', '<d xmlns:x=""/>'],
    ['a reserved prefix', '<d xmlns:xml="urn:x"/>'],
    ['a reserved namespace', '<d xmlns:x="http://www.w3.org/2000/xmlns/"/>'],
    ['one attribute under two prefixes', '<d xmlns:x="urn:x" xmlns:y="urn:x" x:a="" y:a=""/>'],
  ])('are refused where they are wrong: %s', (_, xml) => {
    expect(treeBySaxes(xml)).toBeUndefined();
    expect(tree(xml)).toBe('malformed-request');
  });

  const piece = fc.constantFrom(
    ...['<a>', '</a>', '<x:a>', '</x:a>', '<a x:y="1">', '<x:a x:y="1" y="2"/>', 'text'],
    ...['<a xmlns="u">', '<a xmlns:x="u">', '<a xmlns:x="">', '<a xmlns="">', '<xmlns:a/>'],
    ...['<x:a xmlns:x="w"/>', '<a xmlns:x="w" x:b=""/>', '<a xmlns=" u "/>', '<xml:a/>'],
    ...['<a xmlns:x="w" xmlns:y="w" x:b="" y:b=""/>', '<a xmlns:xml="u"/>', '<a xmlns:xmlns="u"/>'],
    ...['<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>', '<a xml:lang="fr">'],
    ...['<a xmlns:y="http://www.w3.org/XML/1998/namespace"/>', '<a xmlns:toString="u"/>'],
  );
  const rooted = fc
    .tuple(
      fc.constantFrom('<d>', '<d xmlns="u" xmlns:x="v" id="f">', '<x:d xmlns:x="v">'),
      fc.array(piece, { maxLength: 6 }),
    )
    .map(([root, inside]) => `${root}${inside.join('')}</${root.startsWith('<x:') ? 'x:d' : 'd'}>`);

  it('are resolved as another parser resolves them, or refused as there', () => {
    let read = 0;
    fc.assert(
      fc.property(rooted, (text) => {
        const other = treeBySaxes(text);
        expect(tree(text)).toEqual(other ?? 'malformed-request');
        if (other !== undefined) read += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});

describe('a document that is too much', () => {
  it.each([
    ['33 levels', '<a>'.repeat(33) + '</a>'.repeat(33), 'nesting-too-deep'],
    ['60,000 elements', `<d>${'<a/>'.repeat(60_000)}</d>`, 'body-too-large'],
    ['60,000 leaves', `<d>${'<a></a>'.repeat(60_000)}</d>`, 'body-too-large'],
    ['30,000 attributes', `<d>${'<a x=""/>'.repeat(30_000)}</d>`, 'body-too-large'],
  ])('is refused: %s', (_, xml, code) => {
    expect(tree(xml)).toBe(code);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { parseXml } from '../../../../../shared/form/xform/parse-xml.ts';
import { scanXml } from '../../../../../shared/form/xform/scan-xml.ts';
import type { XmlElement } from '../../../../../shared/form/xform/xml-element.ts';
import { instanceXml } from '../../../../support/instance-xml.ts';

/** What the parser says, which knows all of XML; undefined for what it refuses. */
function parsed(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

describe('an instance as phones write it', () => {
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
  ])('is read without the parser, to the same tree: %s', (_, xml) => {
    const scanned = scanXml(xml);
    expect(scanned).toBeDefined();
    expect(scanned).toEqual(parseXml(xml));
  });
});

describe('what is not as plain is left to the parser', () => {
  it.each([
    ['a comment', '<d><!-- --></d>'],
    ['an instruction', '<d><?a?></d>'],
    ['CDATA', '<d><![CDATA[x]]></d>'],
    ['a DOCTYPE', '<!DOCTYPE d><d/>'],
    ['a reference to no character', '<d>&#1;</d>'],
    ['a reference to half a character', '<d>&#xd800;</d>'],
    ['a reference beyond all characters', '<d>&#x110000;</d>'],
    ['an unknown entity', '<d>&x;</d>'],
    ['a control character', '<d>\u0001</d>'],
    ['the end of CDATA', '<d>]]></d>'],
    ['a prefix used after the element that declared it', '<d><a xmlns:x="urn:x"/><x:b/></d>'],
    ['a reserved prefix', '<d xmlns:xml="urn:x"/>'],
    ['an undeclared prefix', '<d><x:a/></d>'],
    ['an attribute given twice', '<d a="1" a="2"/>'],
    ['one attribute under two prefixes', '<d xmlns:x="urn:x" xmlns:y="urn:x" x:a="" y:a=""/>'],
    ['two roots', '<d/><d/>'],
    ['text before the root', 'x<d/>'],
    ['text after the root', '<d/>x'],
    ['an unclosed element', '<d><a></d>'],
    ['a tag without end', '<d'],
    ['nothing', ''],
    ['50 attributes', `<d ${Array.from({ length: 50 }, (_, i) => `a${i}=""`).join(' ')}/>`],
  ])('%s', (_, xml) => {
    expect(scanXml(xml)).toBeUndefined();
  });

  it.each([
    ['33 levels', '<a>'.repeat(33) + '</a>'.repeat(33), 'nesting-too-deep'],
    ['a leaf at level 33', '<a>'.repeat(32) + '<b>x</b>' + '</a>'.repeat(32), 'nesting-too-deep'],
    ['60,000 elements', `<d>${'<a/>'.repeat(60_000)}</d>`, 'body-too-large'],
    ['60,000 leaves', `<d>${'<a></a>'.repeat(60_000)}</d>`, 'body-too-large'],
    ['30,000 attributes', `<d>${'<a x=""/>'.repeat(30_000)}</d>`, 'body-too-large'],
  ])('but %s are refused at once', (_, xml, code) => {
    expect(() => scanXml(xml)).toThrow(expect.objectContaining({ code }));
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...[
      '<a>',
      '</a>',
      '<a/>',
      '<b>',
      '</b>',
      '<b x="1">',
      "<a x='&amp;'/>",
      '<x:a>',
      '</x:a>',
      '<a >',
      '</a >',
    ],
    ...[
      '<a x="1" x="2">',
      '<a x="<">',
      '<a x="\n">',
      '<a x:y="1">',
      '<a y="1"z="2">',
      '<a\n x = "1">',
    ],
    ...[
      'text',
      ' ',
      '\n',
      '\t',
      '&amp;',
      '&lt;x',
      '&',
      '&#65;',
      '>',
      ']]>',
      '"',
      '/',
      '<',
      '</',
      'é',
      '😀',
      '\u00a0',
    ],
    ...[
      '<é/>',
      '<a:b:c/>',
      '<:a/>',
      '<1/>',
      '<a.b-c>',
      '</a.b-c>',
      '<!---->',
      '<?a?>',
      '\ud800',
      '\ufffe',
    ],
    ...[
      '<a xmlns="u">',
      '<a xmlns:x="u">',
      '<a xmlns:x="">',
      '<a xmlns="">',
      '<x:a xmlns:x="w"/>',
      '<a xmlns:x="w" x:b=""/>',
      '<a xml:lang="fr">',
      '<toString>',
      '</toString>',
    ],
  );
  const body = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));
  const rooted = fc
    .tuple(fc.constantFrom('<d>', '<d xmlns="u" xmlns:x="v" id="f">', '<x:d xmlns:x="v">'), body)
    .map(([root, inside]) => `${root}${inside}</${root.startsWith('<x:') ? 'x:d' : 'd'}>`);
  const tree = fc.letrec<{ node: string; inside: string }>((tie) => ({
    node: fc
      .tuple(
        fc.constantFrom('a', 'b', 'x:c', 'toString'),
        fc.constantFrom('', ' y="1"', ' x:y="2"'),
        tie('inside'),
      )
      .map(([name, attributes, inside]) => `<${name}${attributes}>${inside}</${name}>`),
    inside: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('', 'text', ' &amp; ', '\n'),
      fc.array(tie('node'), { maxLength: 4 }).map((all) => all.join('')),
    ),
  })).inside;
  const wellFormed = tree.map((inside) => `<d xmlns:x="v" id="f">${inside}</d>`);

  it('gives the tree that the parser gives, or none', () => {
    let scanned = 0;
    fc.assert(
      fc.property(fc.oneof(body, rooted, wellFormed), (text) => {
        const made = scanXml(text);
        if (made === undefined) return;
        scanned += 1;
        expect(made).toEqual(parsed(text));
      }),
      { numRuns: 5_000 },
    );
    expect(scanned).toBeGreaterThan(500);
  });
});

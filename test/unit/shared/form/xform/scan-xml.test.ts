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
    ['a character reference', '<d>&#233;</d>'],
    ['an unknown entity', '<d>&x;</d>'],
    ['a carriage return', '<d>\r\n</d>'],
    ['a control character', '<d>\u0001</d>'],
    ['the end of CDATA', '<d>]]></d>'],
    ['a namespace declared below the root', '<d><a xmlns="urn:x"/></d>'],
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
    ['33 levels', '<a>'.repeat(33) + '</a>'.repeat(33)],
    ['a leaf at level 33', '<a>'.repeat(32) + '<b>x</b>' + '</a>'.repeat(32)],
    ['60,000 elements', `<d>${'<a/>'.repeat(60_000)}</d>`],
    ['60,000 leaves', `<d>${'<a></a>'.repeat(60_000)}</d>`],
  ])('%s', (_, xml) => {
    expect(scanXml(xml)).toBeUndefined();
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

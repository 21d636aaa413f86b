import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { isName } from '../../../../../shared/form/compile/node-names.ts';
import { namespacesOf, ownAttributes } from '../../../../../shared/form/xform/xform-parts.ts';
import { writeXForm } from '../../../../../shared/form/xform/write-xform.ts';
import { isXmlName, xmlAttribute, xmlAttributes, xmlText } from '../../../../../shared/xml-text.ts';
import { modelOf } from '../../../../support/form-source.ts';

interface Seen {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Every element of a document that is XML with namespaces, its own text with it. */
function elementsOf(xml: string): readonly Seen[] {
  const seen: Seen[] = [];
  const open: Seen[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value] as const);
    const element: Seen = { name, attributes: Object.fromEntries(values), text: '' };
    seen.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return seen;
}

/** What XML can hold of a text. */
const holdable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- exactly what XML 1.0 leaves out
  text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      '\0',
      '\t',
      '\n',
      '\r',
      ']',
      '\ud800',
      '\udfff',
      '\uffff',
      '\u0085',
      'é',
      ' ',
    ),
  }),
);

describe('texts in XML', () => {
  it.each([
    ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
    [']]>', ']]&gt;'],
    ['"\'', '"\''],
    ['a\tb\nc\rd', 'a\tb\nc&#13;d'],
    ['\0\u0007\u000b', '\ufffd\ufffd\ufffd'],
    ['\ud800x\udc00', '\ufffdx\ufffd'],
    ['\u0085é😀', '\u0085é😀'],
  ])('of %j are %j', (text, written) => {
    expect(xmlText(text)).toBe(written);
  });

  it('keep quotes and line ends in attributes', () => {
    expect(xmlAttribute('"a"\r\n\t\'<&>\0')).toBe(
      "&quot;a&quot;&#13;&#10;&#9;'&lt;&amp;&gt;\ufffd",
    );
    expect(
      xmlAttributes([
        ['a', '1'],
        ['b', undefined],
        ['c', ''],
      ]),
    ).toBe(' a="1" c=""');
  });

  it('come out of a parser as they went in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const [element] = elementsOf(`<a b="${xmlAttribute(text)}">${xmlText(text)}</a>`);
        expect(element?.attributes['b']).toBe(holdable(text));
        expect(element?.text).toBe(holdable(text));
      }),
    );
  });
});

describe('names in XML', () => {
  it.each(['a', '_', 'é1', 'a.b-c_d', '名前', 'm·', '𐀀'])('are taken: %s', (name) => {
    expect(isXmlName(name)).toBe(true);
    expect(elementsOf(`<${name}/>`)).toHaveLength(1);
  });

  it.each(['', '1a', '-a', 'a:b', 'm²', 'µ', 'ª', 'a b', '\u0300a', 'a\n'])(
    'are refused: %j',
    (name) => {
      expect(isXmlName(name)).toBe(false);
    },
  );

  it('are those of questions, whatever their letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), (name) => {
        fc.pre(isName(name));
        expect(elementsOf(`<${name}/>`)[0]?.name).toBe(name);
      }),
      { numRuns: 500 },
    );
  });
});

describe('namespaces', () => {
  it('are the usual ones and those that the form declares, none twice', () => {
    const namespaces = namespacesOf('esri="https://e.org" jr="https://x.org" xmlns="y" ª="z"');
    expect(namespaces.get('esri')).toBe('https://e.org');
    expect(namespaces.get('jr')).toBe('http://openrosa.org/javarosa');
    expect([...namespaces.keys()]).toEqual(['h', 'ev', 'xsd', 'jr', 'orx', 'odk', 'esri']);
  });

  it('decide which attributes of its own a form can have', () => {
    const wanted = ['a', 'esri:b', 'xml:lang', 'other:c', 'xmlns', 'xmlns:d', 'a:b:c', '1e', 'a b'];
    const attributes = new Map(wanted.map((name) => [name, 'v']));
    const kept = ownAttributes(attributes, namespacesOf('esri="https://e.org"'));
    expect(kept.map(([name]) => name)).toEqual(['a', 'esri:b', 'xml:lang']);
  });
});

describe('an XForm', () => {
  it('is XML whatever people write into the form, and says just that', () => {
    fc.assert(
      fc.property(anyText, anyText, (raw, other) => {
        // Cells are read without the blanks around them, and `${…}` is no plain text.
        const text = `x${raw.replaceAll('$', '')}x`;
        const fixed = `y${other.replaceAll(/[^<>&"'\]é ]/gu, '')}y`;
        const model = modelOf({
          survey: [
            {
              type: 'select_one l',
              name: 'a',
              label: text,
              hint: fixed,
              constraint_message: text,
            },
            { type: 'text', name: 'b', default: `z${fixed}` },
          ],
          choices: [{ list_name: 'l', name: 'c', label: text, more: text }],
          settings: { form_title: text, style: fixed, 'attribute::x': text },
        });
        const elements = elementsOf(writeXForm(model));
        const texts = (name: string): readonly string[] =>
          elements.filter((element) => element.name === name).map((element) => element.text);
        const said = holdable(text);
        expect(texts('h:title')).toEqual([said]);
        expect(texts('label')).toEqual([said, said, '', 'b']);
        expect(texts('hint')).toEqual([fixed]);
        expect(texts('more')).toEqual([said]);
        const bind = elements.find((element) => element.attributes['nodeset'] === '/data/a');
        expect(bind?.attributes['jr:constraintMsg']).toBe(said);
        const root = elements.find((element) => element.name === 'data');
        expect(root?.attributes['x']).toBe(said);
      }),
    );
  });
});

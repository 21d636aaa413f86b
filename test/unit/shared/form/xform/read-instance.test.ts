import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { maxXmlBytes, readInstance } from '../../../../../shared/form/xform/read-instance.ts';
import { instanceXml } from '../../../../support/instance-xml.ts';

const id = 'uuid:6c1b2a4e-0b7e-4b3e-9d5a-1f2e3d4c5b6a';
const meta = `<meta><instanceID>${id}</instanceID></meta>`;
const bytes = (xml: string): Uint8Array => new TextEncoder().encode(xml);
const read = (xml: string) => readInstance(bytes(xml));

/** What is thrown, as `code/detail`. */
function refused(xml: Uint8Array | string): string {
  try {
    readInstance(typeof xml === 'string' ? bytes(xml) : xml);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [error.code, ...error.errors.map(({ code }) => code)].join('/');
  }
  return 'nothing';
}

describe('an instance', () => {
  it('says its form, its version and who it is', () => {
    const xml = instanceXml({
      formId: 'visit',
      version: '2026.1',
      instanceId: id,
      answers: { a: 1 },
    });
    expect(read(xml)).toMatchObject({
      formId: 'visit',
      version: '2026.1',
      instanceId: id,
      deprecatedId: undefined,
      root: { name: 'data', children: [{ name: 'a', text: '1' }, { name: 'meta' }] },
    });
  });

  it.each([
    ['without a namespace', `<d id="f">${meta}</d>`],
    ['in the namespace of XForms', `<d xmlns="http://www.w3.org/2002/xforms" id="f">${meta}</d>`],
    [
      'with meta alone in that of OpenRosa',
      `<d id="f"><meta xmlns="http://openrosa.org/xforms"><instanceID>${id}</instanceID></meta></d>`,
    ],
    ['behind a BOM', `\ufeff<?xml version="1.0" encoding="utf-8"?><d id="f">${meta}</d>`],
    ['with comments and instructions', `<?a b?><d id="f"><!-- <x> -->${meta}<?c d?></d><!-- e -->`],
    ['with whitespace around ids', `<d id=" f ">${meta.replaceAll(id, `\n ${id} `)}</d>`],
    ['with text in CDATA', `<d id="f">${meta.replaceAll(id, `<![CDATA[${id}]]>`)}</d>`],
    ['named by its namespace, as by old clients', `<d xmlns="f">${meta}</d>`],
  ])('is understood %s', (_, xml) => {
    expect(read(xml)).toMatchObject({ formId: 'f', instanceId: id });
  });

  it('has no version when the attribute is empty', () => {
    expect(read(`<d id="f" version=" ">${meta}</d>`).version).toBeUndefined();
  });

  it('names the instance that it takes the place of', () => {
    const xml = instanceXml({
      formId: 'f',
      instanceId: id,
      deprecatedId: 'uuid:old-one',
      answers: {},
    });
    expect(read(xml).deprecatedId).toBe('uuid:old-one');
  });

  it('keeps every character of a text, entities resolved', () => {
    const text = `<d id="f"><a>  0123\n &lt;&amp;&gt;&quot;&apos; &#233;&#x1F600; +221 </a>${meta}</d>`;
    expect(read(text).root.children[0]?.text).toBe(`  0123\n <&>"' é😀 +221 `);
  });
});

describe('what is no instance is refused', () => {
  const deep = (levels: number): string =>
    `<d id="f">${meta}${'<g>'.repeat(levels - 1)}${'</g>'.repeat(levels - 1)}</d>`;

  it.each([
    ['an empty body', '', 'malformed-request/not-xml'],
    ['JSON', '{"a":1}', 'malformed-request/not-xml'],
    ['a cut body', `<d id="f">${meta}`, 'malformed-request/not-xml'],
    ['crossed tags', `<d id="f"><a><b></a></b>${meta}</d>`, 'malformed-request/not-xml'],
    ['two roots', `<d id="f">${meta}</d><d/>`, 'malformed-request/not-xml'],
    ['an unknown entity', `<d id="f"><a>&eacute;</a>${meta}</d>`, 'malformed-request/not-xml'],
    [
      'an entity named as a member of every object',
      `<d id="f"><a>&constructor;</a>${meta}</d>`,
      'malformed-request/not-xml',
    ],
    ['an unbound prefix', `<d id="f"><x:a/>${meta}</d>`, 'malformed-request/not-xml'],
    ['an attribute given twice', `<d id="f" id="g">${meta}</d>`, 'malformed-request/not-xml'],
    ['NUL', `<d id="f"><a>\0</a>${meta}</d>`, 'malformed-request/not-xml'],
    ['a reference to NUL', `<d id="f"><a>&#0;</a>${meta}</d>`, 'malformed-request/not-xml'],
    [
      'a reference to half a character',
      `<d id="f"><a>&#xD83D;</a>${meta}</d>`,
      'malformed-request/not-xml',
    ],
    [
      'a control character, whatever version of XML it claims',
      `<?xml version="1.1"?><d id="f"><a>&#1;</a>${meta}</d>`,
      'malformed-request/not-xml',
    ],
    ['a DOCTYPE', `<!DOCTYPE d><d id="f">${meta}</d>`, 'malformed-request/doctype'],
    [
      'a billion laughs',
      `<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d id="f"><q>&b;</q>${meta}</d>`,
      'malformed-request/doctype',
    ],
    [
      'a file of the server',
      `<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d id="f"><q>&a;</q>${meta}</d>`,
      'malformed-request/doctype',
    ],
    [
      'another encoding',
      `<?xml version="1.0" encoding="ISO-8859-1"?><d id="f">${meta}</d>`,
      'malformed-request/not-utf-8',
    ],
    ['no form', `<d>${meta}</d>`, 'malformed-request/no-form-id'],
    [
      'no form but a namespace of every form',
      `<d xmlns="http://www.w3.org/2002/xforms">${meta}</d>`,
      'malformed-request/no-form-id',
    ],
    ['no meta', '<d id="f"/>', 'malformed-request/no-instance-id'],
    ['no instanceID', '<d id="f"><meta/></d>', 'malformed-request/no-instance-id'],
    [
      'an empty instanceID',
      '<d id="f"><meta><instanceID> </instanceID></meta></d>',
      'malformed-request/no-instance-id',
    ],
    [
      'an instanceID that is none',
      '<d id="f"><meta><instanceID>a/../b#c</instanceID></meta></d>',
      'malformed-request/no-instance-id',
    ],
    ['an instanceID elsewhere', `<d id="f"><g>${meta}</g></d>`, 'malformed-request/no-instance-id'],
    ['two instanceIDs', `<d id="f">${meta}${meta}</d>`, 'malformed-request/no-instance-id'],
    [
      'a deprecatedID that is none',
      `<d id="f">${meta}<meta><deprecatedID>#</deprecatedID></meta></d>`,
      'malformed-request/bad-deprecated-id',
    ],
    ['33 levels', deep(33), 'nesting-too-deep'],
    ['100,000 levels', deep(100_000), 'nesting-too-deep'],
    ['60,000 elements', `<d id="f">${meta}${'<a/>'.repeat(60_000)}</d>`, 'body-too-large'],
    [
      '50 attributes of one element',
      `<d id="f" ${Array.from({ length: 50 }, (_, i) => `a${i}=""`).join(' ')}>${meta}</d>`,
      'body-too-large',
    ],
    [
      '60,000 elements and attributes',
      `<d id="f">${meta}${'<a x=""/>'.repeat(30_000)}</d>`,
      'body-too-large',
    ],
    ['over a megabyte', `<d id="f"><a>${'x'.repeat(maxXmlBytes)}</a>${meta}</d>`, 'body-too-large'],
  ])('when it is %s', (_, xml, told) => {
    expect(refused(xml)).toBe(told);
  });

  it('when its bytes are not UTF-8', () => {
    const latin = Buffer.from(`<d id="f"><a>été</a>${meta}</d>`, 'latin1');
    expect(refused(latin)).toBe('malformed-request/not-utf-8');
    const wide = Buffer.from(`\ufeff<d id="f">${meta}</d>`, 'utf16le');
    expect(refused(wide)).toBe('malformed-request/not-utf-8');
  });

  it('in words of both languages that quote nothing of it', () => {
    expect(() => read(`<d id="f"><secret>77 123 45 67</secre>`)).toThrow(
      expect.toSatisfy((error: Fault) =>
        error.errors.every(
          ({ message: { fr, en } }) =>
            fr !== en && !/secre|77 123/.test(`${fr}${en}${error.message}`),
        ),
      ),
    );
  });

  it('but takes 32 levels', () => {
    expect(refused(deep(32))).toBe('nothing');
  });
});

describe('any bytes', () => {
  it('are read or refused with a Fault, never anything else', () => {
    const whole = bytes(
      instanceXml({ formId: 'f', instanceId: id, answers: { a: 'é😀', g: { b: [{ c: 1 }] } } }),
    );
    const mutilated = fc
      .array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { maxLength: 6 })
      .map((changes) => {
        const changed = Uint8Array.from(whole);
        for (const { at, byte } of changes) changed[at] = byte;
        return changed;
      });
    const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(mutilated, cut, fc.uint8Array({ maxLength: 200 })), (sent) => {
        expect(refused(sent)).toMatch(/^(?:nothing|malformed-request\/|body-too-large|nesting)/);
      }),
      { numRuns: 2_000 },
    );
  });
});

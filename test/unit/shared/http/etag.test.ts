import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedRevisions,
  alreadyHas,
  readTagList,
  revisionTag,
  revisionToChange,
} from '../../../../shared/http/etag.ts';

/** Any text that may stand between the quotes of an entity tag: commas too. */
const opaque = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .filter((code) => code !== 0x22 && (code < 0x7f || code > 0x7f))
    .map((code) => String.fromCharCode(code)),
});
const tag = fc.record({ weak: fc.boolean(), tag: opaque });
const written = ({ weak, tag: text }: { weak: boolean; tag: string }) =>
  `${weak ? 'W/' : ''}"${text}"`;

describe('a list of entity tags', () => {
  it('is read back as it was written, whatever stands around the commas', () => {
    const separator = fc.constantFrom(',', ', ', ' ,', '\t,\t', ',,', ', ,');
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1 }), separator, (tags, comma) => {
        expect(readTagList(tags.map(written).join(comma))).toEqual(tags);
      }),
    );
  });

  it.each(['', ' ', ',', '3', '"3', '3"', 'w/"3"', 'W/3', '"a" "b"', '*, "3"', '"a\u0000"'])(
    'that reads %j is malformed',
    (header) => {
      expect(readTagList(header)).toBeUndefined();
    },
  );

  it('is read in no more time than it is long', () => {
    expect(readTagList(`${'"a",'.repeat(100_000)}!`)).toBeUndefined();
    expect(readTagList(`"${'a'.repeat(100_000)}`)).toBeUndefined();
  });
});

describe('If-Match', () => {
  it.each([
    ['"3"', [3]],
    ['"3", "4"', [3, 4]],
    [' * ', 'any'],
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    ['"abc"', []],
    ['"0"', []],
    ['"03"', []],
    ['""', []],
  ])('of %j allows %j', (header, allowed) => {
    expect(allowedRevisions(header)).toEqual(allowed);
  });

  it('is required', () => {
    expect(() => allowedRevisions(undefined)).toThrow(
      expect.objectContaining({ code: 'revision-required' }),
    );
  });

  it.each(['3', '', '"3', 'null'])('of %j cannot be read', (header) => {
    expect(() => allowedRevisions(header)).toThrow(
      expect.objectContaining({ code: 'malformed-request' }),
    );
  });

  it('takes back every ETag that was given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), (revision) => {
        expect(allowedRevisions(revisionTag(revision))).toEqual([revision]);
      }),
    );
  });
});

describe('the revision to change', () => {
  const current = () => Promise.resolve(4);
  const unasked = () => Promise.reject(new Error('Nobody needed to know.'));

  it.each([
    ['any', 4],
    [[9, 4], 4],
    [[2, 3], 2],
  ] as const)('among %j, with 4 being there, is %i', async (allowed, revision) => {
    expect(await revisionToChange(allowed, current)).toBe(revision);
  });

  it.each([
    [[3], 3],
    [[], 0],
  ] as const)('among %j is %i without a look at what is there', async (allowed, revision) => {
    expect(await revisionToChange(allowed, unasked)).toBe(revision);
  });
});

describe('If-None-Match', () => {
  it.each([
    [undefined, false],
    ['"abc"', true],
    ['W/"abc"', true],
    ['"x", "abc"', true],
    ['*', true],
    ['"ab"', false],
    ['abc', false],
  ])('of %j says that "abc" is there already: %s', (header, has) => {
    expect(alreadyHas(header, '"abc"')).toBe(has);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isJsonObject, type JsonValue } from '../../../shared/json.ts';

const values = fc.jsonValue({ maxDepth: 5, noUnicodeString: false }) as fc.Arbitrary<JsonValue>;

/** The same value with the keys of every object the other way round. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('canonical JSON', () => {
  it('says what JSON says', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['"', '\\', '\n', '\0', '\u001f', '\u2028', '\ud800', '\u{1f600}', 'é'])(
    'writes the text %j as JSON.stringify does',
    (text) => {
      expect(canonicalJson({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
    },
  );

  it('puts keys in order, and parts members by one comma', () => {
    expect(canonicalJson({ b: [], a: { d: null, c: -0 }, '': true })).toBe(
      '{"":true,"a":{"c":0,"d":null},"b":[]}',
    );
  });
});

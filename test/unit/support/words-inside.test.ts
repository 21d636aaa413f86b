import { describe, expect, it } from 'vitest';
import { wordsInside } from '../../support/words-inside.ts';

const words = new Map([
  ['name', 'Élodie "Canari"'],
  ['mail', 'canary@example.org'],
]);
const [name = '', mail = ''] = words.values();

describe('a word that must not be there', () => {
  it.each([
    ['as it is', `x${name}y`, ['name']],
    ['in JSON', JSON.stringify({ name }), ['name']],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ mail })), ['mail']],
    ['in JSON of ASCII alone', '"\\u00c9lodie \\"Canari\\""', ['name']],
    ['in an address', `/?q=${encodeURIComponent(name)}`, ['name']],
    ['in base64', JSON.stringify({ body: Buffer.from(`a ${mail}`).toString('base64') }), ['mail']],
    ['in base64 of addresses', Buffer.from(`{"n":"${name}"}`).toString('base64url'), ['name']],
    ['both', `${mail} ${name}`, ['name', 'mail']],
    ['not at all', 'Élodie, canary, example.org', []],
  ])('is found %s', (_, text, found) => {
    expect(wordsInside(text, words)).toEqual(found);
  });
});

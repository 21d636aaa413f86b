import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../../shared/http/accept-language.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'fr'],
    ['', 'fr'],
    ['fr', 'fr'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['fr-SN, en;q=0.8', 'fr'],
    ['en;q=0.5, fr;q=0.9', 'fr'],
    ['EN;Q=0.9, FR;q=0.1', 'en'],
    ['wo, en;q=0.7, fr;q=0.3', 'en'],
    ['wo', 'fr'],
    ['*', 'fr'],
    ['fr;q=0, *', 'en'],
    ['en;q=0', 'fr'],
    ['en;q=1.5, ;;;, fr;q=0.2', 'fr'],
    ['english', 'fr'],
  ])('of Accept-Language %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is one of two, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(['fr', 'en']).toContain(languageOf(header));
      }),
    );
  });
});

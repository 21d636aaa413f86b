import { describe, expect, it } from 'vitest';
import { accepts, requireAcceptable } from '../../../../shared/http/accept.ts';

describe('an Accept header', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['*/*', true],
    ['application/json', true],
    ['Application/JSON; q=0.1', true],
    ['application/*', true],
    ['text/html, application/xhtml+xml, */*;q=0.8', true],
    ['text/csv', false],
    ['application/jsonp', false],
    ['text/*', false],
    ['application/json;q=0', false],
    ['application/json;q=0, */*', false],
    ['*/*;q=0, application/json', true],
    ['*/*;q=0', false],
    ['application/json;charset=utf-8', true],
    ['nonsense', true],
  ])('of %j takes JSON: %s', (header, taken) => {
    expect(accepts(header, ['application/json'])).toBe(taken);
  });

  it('is refused with what there is instead', () => {
    expect(() => requireAcceptable('text/html', ['application/json'])).toThrow(
      expect.objectContaining({
        code: 'not-acceptable',
        extra: { mediaTypes: ['application/json'] },
      }),
    );
  });
});

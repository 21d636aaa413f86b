import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bearerOfBasic } from '../../../../shared/access/tokens.ts';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('Basic authentication', () => {
  it.each([
    ['a name and a password', basic('excel:fiche_a_1_2'), 'Bearer fiche_a_1_2'],
    ['no name', basic(':fiche_a_1_2'), 'Bearer fiche_a_1_2'],
    ['a password with a colon', basic('a:b:c'), 'Bearer b:c'],
    ['the scheme in capitals', basic('a:b').replace('Basic', 'BASIC'), 'Bearer b'],
  ])('with %s stands for the password as a token', (_, header, bearer) => {
    expect(bearerOfBasic(header)).toBe(bearer);
  });

  it.each([
    undefined,
    'Bearer fiche_a_1_2',
    'Basic',
    'Basic ***',
    basic('no colon'),
    `Basic ${'A'.repeat(1_000_000)}`,
  ])('leaves alone what is no pair of name and password', (header) => {
    expect(bearerOfBasic(header)).toBe(header);
  });

  it('finds any password after any name without a colon', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 100 }),
        fc.string({ maxLength: 100 }),
        (name, password) => {
          fc.pre(!name.includes(':') && name.isWellFormed() && password.isWellFormed());
          expect(bearerOfBasic(basic(`${name}:${password}`))).toBe(`Bearer ${password}`);
        },
      ),
    );
  });
});

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFrench, misprints, typeset } from '../../support/french-texts.ts';

const files = [
  ...globSync('{shared,functions,infra,local}/**/*.ts'),
  ...globSync('{forms/**/*.yaml,web/*.html,docs/*.md,README.md}'),
].sort();

describe('French typography', () => {
  it('has a no-break space before high signs and inside guillemets, and curved apostrophes', () => {
    expect(typeset("« X » n'est pas là: pourquoi? Écrivez;")).toBe(
      '«\u00a0X\u00a0» n’est pas là\u00a0: pourquoi\u202f? Écrivez\u202f;',
    );
  });

  it('leaves code, addresses and times alone', () => {
    const text = 'à 10:30, `a: b`, https://fiche.example.org?x=1; label::Langue, ${a ? b : c}';
    expect(typeset(text)).toBe(text);
  });

  it('is looked for in French alone', () => {
    expect(isFrench('Une réponse attend: laquelle?')).toBe(true);
    expect(isFrench('One answer waits: which?')).toBe(false);
  });

  it.each(files)('holds in %s', (path) => {
    const source = readFileSync(path, 'utf8');
    const found = misprints(path, source).map(({ start, end }) => source.slice(start, end));
    expect(found).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { emptyGlossary, glossaryFrom } from '../../../../../shared/form/validate/glossary.ts';
import { modelOf, told, validated } from '../../../../support/form-source.ts';
import { vocabularyRows } from '../../../../support/forms-folder.ts';

const glossary = glossaryFrom([
  {
    name: 'situation',
    'preferred::Français (fr)': 'personne en situation irrégulière',
    'preferred::English (en)': 'migrant in an irregular situation',
    'deprecated::Français (fr)': 'clandestin|migrant illégal',
    'deprecated::English (en)': 'illegal migrant',
  },
  { name: 'child', preferred: 'enfant talibé', deprecated: 'talibé ; œuvre d’enfants' },
]);
const found = (text: string) => glossary.deprecatedIn(text).map((term) => term.found);

describe('a deprecated term', () => {
  it.each([
    ['Les clandestins arrivent.', ['clandestin']],
    ['CLANDESTIN', ['clandestin']],
    ['des migrants illégaux et des migrants illégals', ['migrant illégal']],
    ['un Migrant  Illegal', ['migrant illégal']],
    ['un migrant ille\u0301gal', ['migrant illégal']],
    ['Illegal migrants, clandestins', ['illegal migrant', 'clandestin']],
    ["l'oeuvre d'enfant", ['œuvre d’enfants']],
    ['L’Œuvre d’enfants', ['œuvre d’enfants']],
    ['les talibés', ['talibé']],
  ])('is found whatever its case, accents and number: %s', (text, terms) => {
    expect(found(text)).toEqual(terms);
    expect(glossary.mayMention(text)).toBe(true);
  });

  it.each([
    'clandestinement',
    'proclandestin',
    'un enfant talibé',
    'les enfants talibés',
    'migrant',
  ])('is not found within another word or the preferred term: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is told once a text, with what to say instead in each language', () => {
    const model = modelOf({
      survey: [
        { type: 'text', name: 'a' },
        { type: 'text', name: 'n', appearance: 'numbers' },
        { type: 'barcode', name: 'b' },
      ],
    });
    const sent = { a: 'clandestin, clandestins', n: 'clandestin', b: 'clandestin' };
    const { warnings } = validated(model, sent, glossary);
    expect(told(warnings)).toEqual(['/a deprecated-term']);
    expect(warnings[0]?.message).toEqual({
      fr: '« clandestin » est à éviter : dites plutôt « personne en situation irrégulière ».',
      en: 'Avoid "clandestin": rather say "migrant in an irregular situation".',
    });
  });

  it.each(vocabularyRows().get('glossary') ?? [])(
    'of the network’s glossary is found: $name',
    (row) => {
      const network = glossaryFrom(vocabularyRows().get('glossary') ?? []);
      for (const column of ['deprecated::Français (fr)', 'deprecated::English (en)']) {
        for (const term of String(row[column] ?? '').split('|')) {
          expect(network.mayMention(`Avec ${term}, hier.`), term).toBe(true);
          expect(network.deprecatedIn(`Avec ${term}, hier.`), term).not.toEqual([]);
        }
      }
      const preferred = String(row['preferred::Français (fr)']);
      expect(network.deprecatedIn(`Avec ${preferred}, hier.`)).toEqual([]);
    },
  );

  it('costs linear time in the text', () => {
    expect(found(`${'illegal '.repeat(50_000)}migrant`)).toEqual(['illegal migrant']);
  });
});

describe('a glossary', () => {
  it('may be empty, or hold rows that say nothing', () => {
    expect(glossaryFrom([])).toBe(emptyGlossary);
    expect(glossaryFrom([{ name: 'x', preferred: '', deprecated: 'y' }])).toBe(emptyGlossary);
    expect(glossaryFrom([{ name: 'x', preferred: 'y', deprecated: '|;.' }])).toBe(emptyGlossary);
  });

  it('takes terms for text, not for patterns', () => {
    const odd = glossaryFrom([{ preferred: 'x', deprecated: 'a.b(c|[d' }]);
    expect(odd.deprecatedIn('a b c')).toHaveLength(1);
    expect(odd.deprecatedIn('axb')).toEqual([]);
  });
});

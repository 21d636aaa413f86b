import { describe, expect, it } from 'vitest';
import { formsInFolder, readForm, readVocabularies } from '../../support/forms-folder.ts';

const vocabularies = readVocabularies();
const rowsOf = (name: string) => vocabularies.get(name)?.rows ?? [];
const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '');

/** Lists whose codes come from a standard, which decides what they look like. */
const standardCodes: Readonly<Record<string, RegExp>> = {
  countries: /^(?:[A-Z]{2}|other)$/,
  regions: /^SN\d{2}$/,
  departements: /^SN\d{4}$/,
};

describe.each([...vocabularies])('the vocabulary %s', (name, vocabulary) => {
  it('is called as its file', () => {
    expect(vocabulary.list_name).toBe(name);
  });

  it('has codes that are plain ASCII and stand there once', () => {
    const codes = vocabulary.rows.map((row) => text(row['name']));
    for (const code of codes) expect(code).toMatch(standardCodes[name] ?? /^[a-z][a-z0-9_]*$/);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('speaks French and English in every row', () => {
    const columns = name === 'glossary' ? ['preferred', 'deprecated'] : ['label'];
    for (const row of vocabulary.rows) {
      for (const column of columns) {
        for (const language of ['Français (fr)', 'English (en)']) {
          expect(text(row[`${column}::${language}`]).trim(), JSON.stringify(row)).not.toBe('');
        }
      }
    }
  });
});

describe('the vocabularies', () => {
  it('are each used by a form, but the glossary', () => {
    const used = new Set(
      formsInFolder().flatMap((formId) =>
        readForm(formId).survey.map((row) => text(row['type']).split(' ')[1] ?? ''),
      ),
    );
    const unused = [...vocabularies.keys()].filter((name) => !used.has(name));
    expect(unused).toEqual(['glossary']);
  });
});

describe('the places of Senegal', () => {
  it('are its 14 régions and 46 départements', () => {
    expect(rowsOf('regions')).toHaveLength(14);
    expect(rowsOf('departements')).toHaveLength(46);
  });

  it('put each département in the région that its code begins with', () => {
    const regions = new Set(rowsOf('regions').map((row) => row['name']));
    for (const row of rowsOf('departements')) {
      expect(regions, text(row['name'])).toContain(row['regions']);
      expect(text(row['name']).slice(0, 4)).toBe(row['regions']);
      expect(row['pcode_basis']).toMatch(/^(alphabetical|unconfirmed)$/);
    }
    expect(new Set(rowsOf('departements').map((row) => row['regions']))).toEqual(regions);
  });

  it('have a point inside the country for each région, and its ISO 3166-2 code', () => {
    for (const { name, iso, lat, lon } of rowsOf('regions')) {
      expect(iso, text(name)).toMatch(/^SN-[A-Z]{2}$/);
      expect(Number(lat)).toBeGreaterThan(12.3);
      expect(Number(lat)).toBeLessThan(16.7);
      expect(Number(lon)).toBeGreaterThan(-17.6);
      expect(Number(lon)).toBeLessThan(-11.3);
    }
  });
});

describe('the glossary', () => {
  const terms = (column: string, language: string) =>
    rowsOf('glossary').flatMap((row) => text(row[`${column}::${language}`]).split('|'));

  it('has at least eight entries', () => {
    expect(rowsOf('glossary').length).toBeGreaterThanOrEqual(8);
  });

  it.each(['Français (fr)', 'English (en)'])(
    'deprecates a term once, and none that it prefers, in %s',
    (language) => {
      const deprecated = terms('deprecated', language);
      expect(new Set(deprecated).size).toBe(deprecated.length);
      for (const term of deprecated) expect(term).toBe(term.trim());
      for (const preferred of terms('preferred', language)) {
        const words = ` ${preferred} `;
        expect(deprecated.filter((term) => words.includes(` ${term} `))).toEqual([]);
      }
    },
  );
});

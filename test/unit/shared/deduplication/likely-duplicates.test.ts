import { describe, expect, it } from 'vitest';
import {
  domainsIn,
  likelyDuplicates,
  type NamedThing,
} from '../../../../shared/deduplication/likely-duplicates.ts';

interface Known {
  readonly kind?: NamedThing['kind'];
  readonly acronym?: string;
  readonly domain?: string;
  readonly place?: string;
  readonly organisation?: string;
}

function thing(name: string, known: Known = {}): NamedThing {
  const { kind = 'organisation', acronym, domain, place, organisation } = known;
  const set = (text: string | undefined) => new Set(text === undefined ? [] : [text]);
  return {
    kind,
    name,
    records: 1,
    sources: new Set(['f']),
    acronyms: set(acronym),
    domains: set(domain),
    places: set(place),
    organisations: set(organisation),
  };
}

const reasonsOf = (...things: readonly NamedThing[]) =>
  likelyDuplicates(things, []).map(({ reasons }) => reasons.map(({ code }) => code));

describe('likely duplicates', () => {
  it.each([
    ['Association École pour Tous', 'ONG « ecole pour tous »', {}, {}, ['same-name']],
    ['Caritas Dakar', 'Caritas-Dakar (SARL)', {}, {}, ['same-name']],
    [
      'Carittas Dakar',
      'Caritas Dakar',
      { place: 'SN01' },
      { place: 'SN01' },
      ['similar-name', 'same-place'],
    ],
    [
      'Réseau Afrique Jeunesse',
      'Raj',
      { place: 'SN01' },
      { place: 'SN01' },
      ['acronym-of-name', 'same-place'],
    ],
    [
      'Une Maison',
      'Autre Toit',
      { acronym: 'U.M.A', domain: 'a.sn' },
      { acronym: 'uma', domain: 'a.sn' },
      ['same-acronym', 'same-domain'],
    ],
  ] as const)('are %s and %s', (one, other, knownOfOne, knownOfOther, codes) => {
    expect(reasonsOf(thing(one, knownOfOne), thing(other, knownOfOther))).toEqual([codes]);
  });

  it.each([
    ['Association A', 'Association B', {}, {}],
    ['ONG Femmes de Dakar', 'ONG Jeunes de Dakar', { place: 'SN01' }, { place: 'SN01' }],
    ['Une Maison', 'Autre Toit', { domain: 'a.sn' }, { domain: 'a.sn' }],
    ['Accueil', 'Accueil', { kind: 'initiative' }, { kind: 'organisation' }],
  ] as const)('are not %s and %s', (one, other, knownOfOne, knownOfOther) => {
    expect(reasonsOf(thing(one, knownOfOne), thing(other, knownOfOther))).toEqual([]);
  });

  it('say why, in both languages, and the likeliest come first', () => {
    const found = likelyDuplicates(
      [thing('Caritas Dakar'), thing('Carittas Dakar'), thing('ONG Caritas Dakar', { place: 'x' })],
      [],
    );
    expect(found.map(({ score }) => score)).toEqual(
      found.map(({ score }) => score).toSorted((one, other) => other - one),
    );
    expect(found[0]?.reasons[0]).toMatchObject({ code: 'same-name' });
    for (const { fr, en } of found.flatMap(({ reasons }) => reasons)) expect(fr).not.toBe(en);
  });

  it('are told no more once it was decided, whichever way', () => {
    const things = [thing('ONG École'), thing('Ecole')];
    const decision = {
      id: 'a',
      kind: 'organisation',
      name: 'ecole',
      canonical: 'ONG école',
    } as const;
    expect(likelyDuplicates(things, [])).toHaveLength(1);
    expect(likelyDuplicates(things, [{ ...decision, verdict: 'different' }])).toEqual([]);
    const merged = { ...decision, canonical: 'ONG École', verdict: 'same' } as const;
    expect(likelyDuplicates(things, [merged])).toEqual([]);
  });

  it('are looked for among many names by comparing few', () => {
    let looked = 0;
    const things = Array.from({ length: 10_000 }, (_, index) => {
      const made = thing(`Association ${index.toString(36)}x${(index * 7919).toString(36)} Dakar`);
      return {
        ...made,
        get domains() {
          looked += 1;
          return made.domains;
        },
      };
    });
    const twice = [...things, thing('ONG École des Filles'), thing('Ecole (des) filles')];
    expect(likelyDuplicates(twice, []).some(({ names }) => names[0].name.startsWith('Ecole'))).toBe(
      true,
    );
    // Looked at once for its blocks, and twice for each pair that is compared.
    expect(looked).toBeLessThan(40 * things.length);
  });
});

describe('domains', () => {
  it('are those of e-mail and web addresses, less those of which anyone has one', () => {
    expect(
      domainsIn('Écrire à Contact@Asso.sn, https://www.asso.sn/x ou asso.dakar@gmail.com'),
    ).toEqual(['asso.sn']);
  });
});

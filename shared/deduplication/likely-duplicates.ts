import type { Bilingual } from '../text.ts';
import { CanonicalNames, type Alias, type NamedKind } from './same-as.ts';
import { foldName } from './fold-name.ts';

/** A name that was said, or that the registry has, and what is known of who or what has it. */
export interface NamedThing {
  readonly kind: NamedKind;
  readonly name: string;
  readonly acronyms: ReadonlySet<string>;
  /** Of e-mail and web addresses. */
  readonly domains: ReadonlySet<string>;
  /** Codes of départements, or of régions where no département was said. */
  readonly places: ReadonlySet<string>;
  /** Of initiatives: whose. */
  readonly organisations: ReadonlySet<string>;
  /** Where the name stands: form ids, `registry`. */
  readonly sources: ReadonlySet<string>;
  /** How many records say it. */
  readonly records: number;
}

type ReasonCode =
  | 'same-name'
  | 'similar-name'
  | 'same-acronym'
  | 'acronym-of-name'
  | 'same-domain'
  | 'same-place'
  | 'same-organisation';

interface LikelyDuplicate {
  readonly kind: NamedKind;
  /** From 0 to 1. */
  readonly score: number;
  readonly reasons: readonly ({ readonly code: ReasonCode } & Bilingual)[];
  readonly names: readonly [NamedThing, NamedThing];
}

const reasons: Readonly<Record<ReasonCode, Bilingual>> = {
  'same-name': {
    fr: 'Le même nom, à la forme juridique, aux accents ou à la ponctuation près.',
    en: 'The same name but for its legal form, accents or punctuation.',
  },
  'similar-name': { fr: 'Des noms qui se ressemblent.', en: 'Names that look alike.' },
  'same-acronym': { fr: 'Le même sigle.', en: 'The same acronym.' },
  'acronym-of-name': {
    fr: 'L’un est le sigle ou les initiales de l’autre.',
    en: 'One is the acronym or the initials of the other.',
  },
  'same-domain': {
    fr: 'Le même domaine de courriel ou de site.',
    en: 'The same e-mail or web domain.',
  },
  'same-place': { fr: 'Le même lieu.', en: 'The same place.' },
  'same-organisation': { fr: 'La même organisation.', en: 'The same organisation.' },
};

/** What each reason makes likely by itself: 1 − the product of what each leaves unlikely. */
const weights: Readonly<Record<ReasonCode, number>> = {
  'same-name': 0.9,
  'similar-name': 0.6,
  'same-acronym': 0.5,
  'acronym-of-name': 0.55,
  'same-domain': 0.5,
  'same-place': 0.15,
  'same-organisation': 0.3,
};

const leastScore = 0.6;
/** Blocks with more names than this say nothing: a word that everyone uses. */
const mostInBlock = 40;
const alike = 0.82;

/**
 * Pairs of names that may be of one organisation or one initiative, likeliest first. What was decided
 * is not reported again. Only names that share a word that few have, an acronym or a domain are compared,
 * so that the time grows with the names, not with their pairs.
 */
export function likelyDuplicates(
  things: readonly NamedThing[],
  aliases: readonly Alias[],
): readonly LikelyDuplicate[] {
  const prepared = things.map((thing) => ({ thing, keys: keysOf(thing) }));
  const blocks = new Map<string, (typeof prepared)[number][]>();
  for (const item of prepared) {
    for (const key of item.keys.blocks) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [item]);
      else block.push(item);
    }
  }
  const decided = decisions(aliases);
  const found = new Map<string, LikelyDuplicate>();
  for (const block of blocks.values()) {
    if (block.length > mostInBlock) continue;
    for (const [index, one] of block.entries()) {
      for (const other of block.slice(index + 1)) {
        const { kind, name } = one.thing;
        const key = [kind, ...[name, other.thing.name].sort()].join('\n');
        if (found.has(key) || decided(kind, name, other.thing.name)) continue;
        const pair = compare(one, other);
        if (pair !== undefined) found.set(key, pair);
      }
    }
  }
  return [...found.values()].sort(
    (one, other) => other.score - one.score || (label(one) < label(other) ? -1 : 1),
  );
}

interface Prepared {
  readonly thing: NamedThing;
  readonly keys: ReturnType<typeof keysOf>;
}

function keysOf({ kind, name, acronyms, domains }: NamedThing) {
  const words = nameWords(name);
  const plain = [...words].sort().join(' ');
  const short = new Set(
    [...acronyms].map((acronym) => foldName(acronym).replaceAll(/\P{L}/gu, '')),
  );
  const initials = new Set(initialsOf(name));
  if (words.length === 1 && plain.length <= 8) short.add(plain);
  const blocks = new Set([
    `${kind} name ${plain}`,
    // By its consonants, a word misspelt is mostly the same.
    ...words.filter(({ length }) => length > 3).map((word) => `${kind} word ${skeleton(word)}`),
    ...[...short, ...initials].map((letters) => `${kind} letters ${letters}`),
    ...[...domains].map((domain) => `${kind} domain ${domain}`),
  ]);
  return { plain, short, initials, blocks };
}

function skeleton(word: string): string {
  const consonants = word.replaceAll(/[aeiouyh]/g, '').replaceAll(/(.)\1+/g, '$1');
  return (consonants.length > 1 ? consonants : word).slice(0, 6);
}

function compare(one: Prepared, other: Prepared): LikelyDuplicate | undefined {
  if (one.thing === other.thing) return undefined;
  const codes = [...reasonsFor(one, other)];
  const left = codes.reduce((product, code) => product * (1 - weights[code]), 1);
  const score = Math.round((1 - left) * 100) / 100;
  if (score < leastScore) return undefined;
  const names = [one.thing, other.thing].sort((a, b) => (a.name < b.name ? -1 : 1));
  const [first = one.thing, second = other.thing] = names;
  return {
    kind: one.thing.kind,
    score,
    reasons: codes.map((code) => ({ code, ...reasons[code] })),
    names: [first, second],
  };
}

function* reasonsFor(one: Prepared, other: Prepared): Generator<ReasonCode> {
  const shares = (these: ReadonlySet<string>, those: ReadonlySet<string>): boolean =>
    [...these].some((item) => those.has(item));
  if (one.keys.plain === other.keys.plain) yield 'same-name';
  else if (likeness(one.keys.plain, other.keys.plain) >= alike) yield 'similar-name';
  if (one.keys.plain !== other.keys.plain) {
    if (shares(one.keys.short, other.keys.short)) yield 'same-acronym';
    else if (
      shares(one.keys.short, other.keys.initials) ||
      shares(one.keys.initials, other.keys.short)
    ) {
      yield 'acronym-of-name';
    }
  }
  if (shares(one.thing.domains, other.thing.domains)) yield 'same-domain';
  if (shares(one.thing.places, other.thing.places)) yield 'same-place';
  if (shares(one.thing.organisations, other.thing.organisations)) yield 'same-organisation';
}

/** True for two names that are grouped already, or of which it was decided that they are not the same. */
function decisions(
  aliases: readonly Alias[],
): (kind: NamedKind, one: string, other: string) => boolean {
  const names = new CanonicalNames(aliases);
  const different = new Set(
    aliases
      .filter(({ verdict }) => verdict === 'different')
      .map(({ kind, name, canonical }) => pairKey(kind, name, canonical)),
  );
  return (kind, one, other) =>
    names.of(kind, one) === names.of(kind, other) || different.has(pairKey(kind, one, other));
}

function pairKey(kind: NamedKind, one: string, other: string): string {
  return [kind, ...[foldName(one), foldName(other)].sort()].join('\n');
}

function label({ kind, names: [one, other] }: LikelyDuplicate): string {
  return `${kind}\n${one.name}\n${other.name}`;
}

/** How alike two texts are, from 0 to 1: shared pairs of letters (Sørensen–Dice). */
function likeness(one: string, other: string): number {
  if (one === other) return 1;
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  let shared = 0;
  for (const [pair, count] of pairs) shared += Math.min(count, others.get(pair) ?? 0);
  const all = Math.max(0, one.length - 1) + Math.max(0, other.length - 1);
  return all === 0 ? 0 : (2 * shared) / all;
}

function pairsOf(text: string): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** What organisations call themselves beside their names, French and English, and words that join others. */
const idle: ReadonlySet<string> = new Set(
  (
    'association associations asso assoc ong ongs ngo ngos sarl sa suarl gie fondation foundation ' +
    'organisation organization org club groupement collectif reseau network inc ltd asbl onlus ' +
    'de du des d la le les l et en au aux a pour par sur un une of the for and in on to with'
  ).split(' '),
);

/** The words of a name that distinguish it from others; all of them, should there be no other ones. */
function nameWords(name: string): readonly string[] {
  const all = wordsOf(name);
  const telling = all.filter((word) => !idle.has(word));
  return telling.length > 0 ? telling : all;
}

/** Letters and digits, whatever stands between them. */
function wordsOf(name: string): readonly string[] {
  return foldName(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The first letters of the words, once with what joins them and once without. */
function initialsOf(name: string): readonly string[] {
  const first = (words: readonly string[]): string =>
    words.map(([letter]) => letter ?? '').join('');
  const joining = /^(de|du|des|d|la|le|les|l|et|en|au|aux|a|pour|of|the|for|and|in)$/;
  const long = wordsOf(name).filter((word) => !joining.test(word));
  return [...new Set([first(nameWords(name)), first(long)])].filter(({ length }) => length > 2);
}

/** Hosts where anyone has an address: sharing one says nothing. */
const anyones =
  /(^|\.)(gmail|googlemail|google|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|orange|proton|protonmail|gmx|facebook|fb|instagram|twitter|x|linkedin|youtube|whatsapp|wordpress|blogspot|wixsite)\.[a-z.]{2,6}$/;

const host = /(?:[a-z0-9_.+-]+@|https?:\/\/|www\.)((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})/g;

/** The domains of e-mail and web addresses in a text, less those of which anyone has an address. */
export function domainsIn(text: string): readonly string[] {
  const found = Array.from(foldName(text.slice(0, 2000)).matchAll(host), ([, name = '']) =>
    name.replace(/^www\./, ''),
  );
  return [...new Set(found)].filter((name) => !anyones.test(name));
}

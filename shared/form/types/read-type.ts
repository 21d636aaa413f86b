import { questionTypes, typeRow, type QuestionTypeRow } from './question-types.ts';
import type { Bilingual } from '../../text.ts';

/** Where the choices of a select come from: the choices sheet, a file, or the sheet external_choices. */
export type ListSource = 'choices' | 'file' | 'external';

/** What the `type` cell of a survey row says. */
type TypeCell =
  | {
      readonly kind: 'question';
      readonly row: QuestionTypeRow;
      /** The list's name; with source `file`, the file's. */
      readonly list: string;
      readonly source: ListSource;
      readonly orOther: boolean;
    }
  | { readonly kind: 'begin'; readonly block: 'group' | 'repeat' }
  | { readonly kind: 'end'; readonly block: 'group' | 'repeat' }
  /** A file that expressions read, named as the row is: it asks nothing. */
  | { readonly kind: 'data'; readonly extension: 'csv' | 'xml' };

const blocks = new Map<string, TypeCell>();
for (const kind of ['begin', 'end'] as const) {
  for (const block of ['group', 'repeat'] as const) blocks.set(`${kind} ${block}`, { kind, block });
  blocks.set(`${kind} looped group`, { kind, block: 'repeat' });
  blocks.set(`${kind} lgroup`, { kind, block: 'repeat' });
}
for (const extension of ['csv', 'xml'] as const) {
  blocks.set(`${extension}-external`, { kind: 'data', extension });
  blocks.set(`${extension} external`, { kind: 'data', extension });
}

const byAlias = new Map(
  questionTypes.flatMap((row) =>
    [plainType(row.type), ...row.aliases].map((alias) => [alias, row] as const),
  ),
);

interface SelectAlias {
  readonly entry: QuestionTypeRow;
  readonly source: ListSource;
}

/** Every way to begin the type cell of a select. */
const selects = new Map<string, SelectAlias>();
for (const [alias, entry] of byAlias) {
  if (entry.choices !== 'none') selects.set(alias, { entry, source: 'choices' });
}
for (const [alias, type, source] of [
  ['select one from file', 'select_one', 'file'],
  ['select multiple from file', 'select_multiple', 'file'],
  ['select one external', 'select_one', 'external'],
] as const) {
  selects.set(alias, { entry: typeRow(type), source });
}
const longestAliasWords = Math.max(...[...selects.keys()].map((alias) => alias.split(' ').length));

/** Longer cells name no type, whatever they hold. */
const maxTypeLength = 300;

/** Reads a `type` cell: `select_one régions or_other`, `begin group`, `photo`… Undefined: no such type. */
export function readType(cell: string): TypeCell | undefined {
  if (cell.length > maxTypeLength) return undefined;
  const plain = plainType(cell);
  const block = blocks.get(plain);
  if (block !== undefined) return block;
  const select = selects.get(plain);
  const whole = select?.entry ?? byAlias.get(plain);
  if (whole !== undefined) {
    const source = select?.source ?? 'choices';
    return { kind: 'question', row: whole, list: '', source, orOther: false };
  }
  return readSelect(cell.trim());
}

/** A type as the aliases are written: lower case, words parted by one space. */
export function plainType(cell: string): string {
  return cell.toLowerCase().replaceAll('_', ' ').split(/\s+/).filter(Boolean).join(' ');
}

/** The list's name keeps its capitals and underscores, so the alias is cut off the cell as it stands. */
function readSelect(cell: string): TypeCell | undefined {
  const orOther = /\s+(?:or_other|or other|or specify other)$/i.exec(cell);
  const head = orOther === null ? cell : cell.slice(0, orOther.index);
  const words = [...head.matchAll(/[^\s_]+/g)];
  for (let count = Math.min(longestAliasWords, words.length - 1); count >= 1; count--) {
    const alias = words
      .slice(0, count)
      .map((word) => word[0].toLowerCase())
      .join(' ');
    const found = selects.get(alias);
    const last = words[count - 1];
    if (found === undefined || last === undefined) continue;
    const rest = head.slice(last.index + last[0].length);
    if (!/^\s/.test(rest)) continue;
    const { entry, source } = found;
    return { kind: 'question', row: entry, list: rest.trim(), source, orOther: orOther !== null };
  }
  return undefined;
}

const kobo: Bilingual = {
  fr: 'c’est une invention de KoboToolbox, qu’ODK Collect ne connaît pas : écrivez un groupe de questions select_one.',
  en: 'it is an invention of KoboToolbox that ODK Collect does not know: write a group of select_one questions.',
};
const loop: Bilingual = {
  fr: 'une boucle sur une liste n’est plus du XLSForm : écrivez un groupe par choix, ou un begin_repeat.',
  en: 'a loop over a list is no longer XLSForm: write one group for each choice, or a begin_repeat.',
};

/** Types that some tool knows or once knew, each with the reason why it is not read here. */
const refused: readonly (readonly [RegExp, Bilingual])[] = [
  [
    /^osm\b/,
    {
      fr: 'les objets OpenStreetMap ne se relèvent qu’avec une application à part : demandez un geopoint ou un geoshape.',
      en: 'OpenStreetMap objects need an application of their own: ask for a geopoint or a geoshape.',
    },
  ],
  [/^(?:begin|end) loop\b/, loop],
  [
    /^cascading select\b/,
    {
      fr: 'écrivez un select_one par niveau, avec un choice_filter.',
      en: 'write one select_one for each level, with a choice_filter.',
    },
  ],
  [/^(?:(?:begin|end) )?(?:kobomatrix|score|rank)\b/, kobo],
  [
    /^(?:percentage|number of days in .*)$/,
    {
      fr: 'écrivez integer, avec une constraint comme « . >= 0 and . <= 100 ».',
      en: 'write integer, with a constraint such as ". >= 0 and . <= 100".',
    },
  ],
];

/** Why this type is refused, if it is one that people have reason to expect. */
export function refusalOf(cell: string): Bilingual | undefined {
  const plain = plainType(cell.slice(0, 300));
  return refused.find(([pattern]) => pattern.test(plain))?.[1];
}

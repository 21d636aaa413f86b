import { readLanguage, type HeadingLanguage } from './languages.ts';

export interface ColumnRow {
  readonly column: string;
  /** Other ways to write it, lower case, words parted by `_`. */
  readonly aliases?: readonly string[];
  /** It may be given per language: `label::Français (fr)`. */
  readonly translated?: true;
  /** It may be given per language by a suffix: `form_title_en`. Other tools fail on `form_title::en`. */
  readonly suffixed?: true;
  /** For other tools: accepted, kept in the definition, not read here. */
  readonly ignored?: true;
}

/** The columns of the survey sheet. A new column is one row here. */
export const surveyColumns: readonly ColumnRow[] = [
  { column: 'type' },
  { column: 'name' },
  { column: 'label', aliases: ['caption'], translated: true },
  { column: 'hint', translated: true },
  { column: 'guidance_hint', translated: true, ignored: true },
  { column: 'appearance', aliases: ['control::appearance', 'body::appearance'] },
  { column: 'readonly', aliases: ['read_only', 'bind::readonly'] },
  { column: 'required', aliases: ['bind::required'] },
  {
    column: 'required_message',
    aliases: ['requiredmsg', 'required_msg', 'bind::jr:requiredmsg'],
    translated: true,
  },
  { column: 'relevant', aliases: ['relevance', 'skip_logic', 'bind::relevant'] },
  { column: 'constraint', aliases: ['bind::constraint'] },
  {
    column: 'constraint_message',
    aliases: ['constraint_msg', 'constraintmsg', 'bind::jr:constraintmsg'],
    translated: true,
  },
  { column: 'calculation', aliases: ['calculate', 'bind::calculate'] },
  { column: 'default' },
  { column: 'choice_filter' },
  { column: 'repeat_count', aliases: ['count', 'jr:count', 'body::jr:count'] },
  { column: 'parameters' },
  { column: 'trigger' },
  { column: 'disabled' },
  { column: 'visibility' },
  { column: 'precision' },
  { column: 'quasi_identifier' },
  { column: 'hxl' },
  ...['image', 'big-image', 'audio', 'video'].map((column): ColumnRow => ({
    column,
    aliases: [`media::${column}`],
    translated: true,
    ignored: true,
  })),
  ...['autoplay', 'note', 'notes', 'comment', 'comments', 'save_to', 'intent'].map(
    (column): ColumnRow => ({ column, ignored: true }),
  ),
];

/** The columns of the choices sheet that have a meaning; every other one belongs to the form. */
export const choiceColumns: readonly ColumnRow[] = [
  { column: 'list_name', aliases: ['list', 'listname'] },
  { column: 'name', aliases: ['value'] },
  { column: 'label', aliases: ['caption'], translated: true },
  ...['image', 'big-image', 'audio', 'video'].map((column): ColumnRow => ({
    column,
    aliases: [`media::${column}`],
    translated: true,
    ignored: true,
  })),
];

/** The settings that have a meaning here; every other one is kept and left alone. */
export const settingColumns: readonly ColumnRow[] = [
  { column: 'form_title', aliases: ['title'], translated: true, suffixed: true },
  { column: 'form_id', aliases: ['id_string'] },
  ...[
    'version',
    'default_language',
    'instance_name',
    'audience',
    'review',
    'consent',
    'geometry',
    'expected',
    'due',
    'k',
    'license',
    'public_metadata',
    'allow_choice_duplicates',
  ].map((column): ColumnRow => ({ column })),
];

/** What a heading means: a known column, with its language if it is given per language. */
export interface Heading {
  readonly column: string;
  readonly language: HeadingLanguage | undefined;
  readonly ignored: boolean;
}

const passedOn = /^(?:bind|body|control|instance)::/;

/** Reads headings of one sheet: case, spaces and old ways of writing do not matter. */
export function headingReader(
  columns: readonly ColumnRow[],
): (text: string) => Heading | undefined {
  const known = new Map<string, ColumnRow>();
  for (const row of columns) {
    for (const name of [row.column, ...(row.aliases ?? [])]) known.set(name, row);
  }
  const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, '_');
  const heading = (row: ColumnRow, language?: string): Heading => ({
    column: row.column,
    language: language === undefined ? undefined : readLanguage(language),
    ignored: row.ignored ?? false,
  });
  return (text) => {
    const whole = known.get(plain(text));
    if (whole !== undefined) return heading(whole);
    for (const cut of [text.lastIndexOf('::'), text.lastIndexOf(':')]) {
      if (cut <= 0) continue;
      const row = known.get(plain(text.slice(0, cut).replace(/:$/, '')));
      const language = text.slice(cut).replace(/^:+/, '').trim();
      if (row?.translated === true && language !== '') return heading(row, language);
    }
    const other = plain(text);
    const [, column = '', code] = /^(.+)_([a-z]{2,3})$/.exec(other) ?? [];
    const suffixed = known.get(column);
    if (suffixed?.suffixed === true) return heading(suffixed, code);
    return passedOn.test(other) ? { column: other, language: undefined, ignored: true } : undefined;
  };
}

import { readLanguage, type HeadingLanguage } from '../languages.ts';

export interface ColumnRow {
  /** Its name in the form's own table. */
  readonly column: string;
  /** Other ways to write it, lower case, words parted by `_`. */
  readonly aliases?: readonly string[];
  /** It may be given per language: `label::Français (fr)`. */
  readonly translated?: true;
  /** It may be given per language by a suffix: `form_title_en`. Other tools fail on `form_title::en`. */
  readonly suffixed?: true;
  /** It holds a code: blanks around it are worth a word. */
  readonly code?: true;
  /** A setting for clients: kept for the XForm. */
  readonly client?: true;
  /** For other tools: accepted, kept in the definition, not read here. */
  readonly ignored?: true;
}

const media = ['image', 'big-image', 'audio', 'video'].map((column): ColumnRow => ({
  column,
  aliases: [`media::${column}`],
  translated: true,
}));

/** The columns of the survey sheet. A new column is one row here. */
export const surveyColumns: readonly ColumnRow[] = [
  { column: 'type', aliases: ['command'], code: true },
  { column: 'name', aliases: ['tag', 'value'], code: true },
  { column: 'label', aliases: ['caption'], translated: true },
  { column: 'hint', translated: true },
  { column: 'guidance_hint', translated: true },
  { column: 'appearance', aliases: ['body::appearance'] },
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
    aliases: ['constraint_msg', 'constraintmsg', 'constraining_message', 'bind::jr:constraintmsg'],
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
  { column: 'sensitive' },
  { column: 'importance' },
  { column: 'review_text' },
  { column: 'hxl' },
  { column: 'autoplay', aliases: ['body::autoplay'] },
  { column: 'intent', aliases: ['body::intent'] },
  ...media,
  // Short ways to write an attribute that only clients read.
  {
    column: 'bind::jr:noAppErrorString',
    aliases: ['noapperrorstring', 'no_app_error_string', 'bind::jr:noapperrorstring'],
  },
  { column: 'instance::odk:tag', aliases: ['compact_tag', 'instance::odk:tag'] },
  { column: 'body::rows', aliases: ['rows', 'body::rows'] },
  { column: 'save_to', aliases: ['bind::entities:saveto'] },
  ...[
    'note',
    'notes',
    'comment',
    'comments',
    'sms_field',
    'sms_option',
    'sms_separator',
    'sms_allow_media',
    'sms_date_format',
    'sms_datetime_format',
    'sms_response',
  ].map((column): ColumnRow => ({ column, ignored: true })),
];

/** The columns of the choices sheet that have a meaning; every other one belongs to the form. */
export const choiceColumns: readonly ColumnRow[] = [
  { column: 'list_name', aliases: ['list', 'listname'], code: true },
  { column: 'name', aliases: ['value'], code: true },
  { column: 'label', aliases: ['caption'], translated: true },
  ...media,
];

/** The settings that have a meaning here or for clients; every other one is kept and left alone. */
export const settingColumns: readonly ColumnRow[] = [
  { column: 'form_title', aliases: ['title', 'set_form_title'], translated: true, suffixed: true },
  { column: 'form_id', aliases: ['set_form_id'] },
  // Its old name: some forms have both.
  { column: 'id_string' },
  ...['version', 'default_language', 'instance_name'].map((column): ColumnRow => ({ column })),
  // Our own.
  ...[
    'audience',
    'review',
    'consent',
    'geometry',
    'expected',
    'due',
    'k',
    'license',
    'public_metadata',
    'attachment_max_mb',
    'attachment_types',
    'max_suppressed',
    'shards',
    'max_risk',
    'low_k',
  ].map((column): ColumnRow => ({ column })),
  // Read here, though not by answers.
  ...['allow_choice_duplicates', 'public_key', 'omit_instanceid', 'submission_url'].map(
    (column): ColumnRow => ({ column }),
  ),
  ...[
    'name',
    'style',
    'namespaces',
    'instance_xmlns',
    'instance_id',
    'auto_send',
    'auto_delete',
    'client_editable',
    'prefix',
    'delimiter',
    'sms_keyword',
    'sms_separator',
    'sms_allow_media',
    'sms_date_format',
    'sms_datetime_format',
    'sms_response',
  ].map((column): ColumnRow => ({ column, client: true })),
  ...['clean_text_values', 'add_none_option', 'flat'].map((column): ColumnRow => ({
    column,
    ignored: true,
  })),
];

/** Where an attribute goes that a column such as `bind::odk:length` gives. */
export type AttributeOf = 'bind' | 'body' | 'instance';

/** What a heading means: a known column, with its language if it is given per language. */
export interface Heading {
  readonly column: string;
  readonly language: HeadingLanguage | undefined;
  readonly ignored: boolean;
  readonly code: boolean;
  /** It is an attribute for clients: its name, in its own capitals, and the element that has it. */
  readonly attribute: { readonly of: AttributeOf; readonly name: string } | undefined;
}

/** `control` is the old name of `body`; one colon parts as two do in old forms. */
const grouped = /^\s*(bind|body|control|instance|media)\s*::?\s*(?=\S)/i;
const attributeName = /^(bind|body|instance)::(.+)$/;
/** Columns by which other tools keep notes of their own: `$kuid`, `_or_other`, `kobo--locking-profile`. */
const foreign = /^(?:\$|_|kobo--)/i;

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
    code: row.code ?? false,
    attribute: attributeOf(row.column),
  });
  return (written) => {
    const text = written
      .trim()
      .replace(grouped, (_, group: string) => `${group.toLowerCase()}::`)
      .replace(/^control::/, 'body::');
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
    const attribute = attributeOf(text);
    if (attribute === undefined && !foreign.test(other)) return undefined;
    return {
      column: text,
      language: undefined,
      code: false,
      ignored: attribute === undefined,
      attribute,
    };
  };
}

function attributeOf(column: string): Heading['attribute'] {
  const [, of, name] = attributeName.exec(column) ?? [];
  if (name === undefined) return undefined;
  return { of: of === 'bind' || of === 'body' ? of : 'instance', name: name.trim() };
}

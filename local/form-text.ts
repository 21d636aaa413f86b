import { extname } from 'node:path';
import { stringify } from 'yaml';
import { Fault } from '../shared/fault.ts';
import type { FormChange } from '../shared/form/compare/form-changes.ts';
import type { FormLibrary } from '../shared/form/library/form-library.ts';
import { writeWorkbook } from '../shared/form/files/write-workbook.ts';
import type { Bilingual } from '../shared/text.ts';
import { oneOf, type Terminal } from './command.ts';

const formats = ['yaml', 'xlsx', 'json', 'xml'] as const;
type Format = (typeof formats)[number];

/** The format that was asked for, or that the name of the file asks for. Throws UsageError. */
export function formatOf(format: string | undefined, file = ''): Format {
  if (format !== undefined) return oneOf(format, formats, '--format');
  const ending = extname(file).slice(1).toLowerCase();
  return formats.find((candidate) => candidate === ending) ?? 'yaml';
}

/** A form's published version, by default the current one, or its draft (`x.draft`). Fault `not-found`. */
export async function formText(
  forms: FormLibrary,
  formId: string,
  format: Format,
  version: string | undefined,
): Promise<string | Uint8Array> {
  if (format === 'xml') {
    const form = await forms.record(formId);
    if (form === undefined) throw new Fault('not-found');
    return (await forms.xForm(form, version)).xml;
  }
  const definition = await forms.definition(formId, version);
  if (format === 'xlsx') return writeWorkbook(definition);
  // Rows of list files are no part of what an author writes: the files themselves are.
  const sheets = { ...definition };
  delete sheets.files;
  return format === 'json' ? `${JSON.stringify(sheets, undefined, 2)}\n` : stringify(sheets);
}

type Draft = Awaited<ReturnType<FormLibrary['putDraft']>>;

/** What is odd about a draft, what it lacks, and what publishing it would change: beside what was asked for. */
export function tellDraft(terminal: Terminal, { warnings, files, changes }: Draft): void {
  const { language } = terminal;
  for (const { sheet, row, column, message } of warnings) {
    const place = [sheet, row === 0 ? '' : String(row), column].filter((part) => part !== '');
    terminal.err(`${place.length === 0 ? '' : `${place.join(' ')}: `}${message[language]}`);
  }
  const missing = files.filter(({ present }) => !present).map(({ file }) => file);
  if (missing.length > 0) {
    const heading = { fr: 'Fichiers qui manquent :', en: 'Files that are missing:' };
    terminal.err(`${heading[language]} ${missing.join(', ')}`);
  }
  tellChanges(
    terminal,
    { fr: 'Ce que publier changera :', en: 'What publishing will change:' },
    changes,
  );
}

/** The changes under a heading; nothing if there are none. */
export function tellChanges(
  terminal: Terminal,
  heading: Bilingual,
  changes: readonly FormChange[],
): void {
  if (changes.length > 0) terminal.err(heading[terminal.language]);
  for (const { severity, message } of changes) {
    terminal.err(`  ${severity === 'warning' ? '! ' : '- '}${message[terminal.language]}`);
  }
}

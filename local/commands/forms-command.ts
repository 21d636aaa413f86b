import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { uploadedDefinition } from '../../functions/registry/uploaded-definition.ts';
import { previewRisk } from '../../shared/dataset/publish/preview-risk.ts';
import { Fault } from '../../shared/fault.ts';
import type { FormChange } from '../../shared/form/compare/form-changes.ts';
import { cellText, type FormDefinition, type Row } from '../../shared/form/definition.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import { maxMediaBytes } from '../../shared/form/library/form-media.ts';
import type { FormIssue } from '../../shared/form/model.ts';
import { writeWorkbook } from '../../shared/form/files/write-workbook.ts';
import { parseJson } from '../../shared/http/body.ts';
import { maxFileBytes } from '../../shared/http/operations/operation.ts';
import { FormId } from '../../shared/ids.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { Bilingual } from '../../shared/text.ts';
import {
  named,
  oneOf,
  UsageError,
  word,
  type Call,
  type Command,
  writeWhole,
  type Terminal,
} from '../command.ts';
import { riskHint } from '../risk-text.ts';

const actions = ['list', 'put', 'changes', 'publish', 'close', 'get'] as const;

export const forms: Command = {
  name: 'forms',
  usage: [
    'list',
    'put FILE.xlsx|FILE.yaml|FILE.json [--id FORM] [--media FOLDER]',
    'changes FORM',
    'publish FORM',
    'close FORM',
    'get FORM|FORM.draft [--version V] [--format xlsx|yaml|json|xml] [--output FILE]',
  ],
  summary: {
    fr: 'Montre, dépose, compare, publie, ferme ou rend des fiches.',
    en: 'Lists, uploads, compares, publishes, closes or gives back forms.',
  },
  options: {
    id: { type: 'string' },
    media: { type: 'string' },
    version: { type: 'string' },
    format: { type: 'string' },
    output: { type: 'string' },
  },
  run: async (call) => {
    const action = oneOf(word(call, 0, actions.join('|')), actions, 'forms');
    await run[action](call);
    return 0;
  },
};

const run: Readonly<Record<(typeof actions)[number], (call: Call) => Promise<void>>> = {
  list: async ({ home, terminal }) => {
    for (const { formId, state, audience, versions, draft, title } of await home.forms.list()) {
      const version = versions.at(-1)?.version ?? draft?.version ?? '-';
      const name = title[terminal.language] ?? Object.values(title)[0] ?? '';
      terminal.out([formId, state, version, audience, name].join('\t'));
    }
  },
  put: async (call) => {
    const file = word(call, 1, 'FILE');
    const { definition, warnings } = await readFormFile(file);
    const media = await mediaOf(file, call.value('media'));
    const formId = call.value('id') ?? formIdOf(file, definition);
    const library = call.home.forms;
    let stored = await library.putDraft(formId, definition);
    for (const item of media) {
      await library.putMedia(formId, item.name, await readMedia(item), '');
    }
    // Stored once more, it is judged with the files that came after it.
    if (media.length > 0) stored = await library.putDraft(formId, definition);
    tellDraft(call.terminal, { ...stored, warnings: [...warnings, ...stored.warnings] });
    call.terminal.out(`${formId}\t${stored.version}`);
  },
  changes: async (call) => {
    const formId = word(call, 1, 'FORM');
    const { changes } = await named(formId, call.home.forms.draftChanges(formId));
    const none = { fr: 'Publier ne changerait rien.', en: 'Publishing would change nothing.' };
    if (changes.length === 0) call.terminal.err(none[call.terminal.language]);
    for (const { severity, question, message } of changes) {
      const line = [severity, question ?? '-', message[call.terminal.language]];
      call.terminal.out(line.join('\t'));
    }
    const risk = await named(formId, previewRisk(call.home, formId));
    if (typeof risk !== 'string') {
      call.terminal.err(riskHint(risk, formId, call.terminal.language));
    }
  },
  publish: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.publish(formId));
    call.terminal.out(`${form.formId}\t${form.state}\t${form.versions.at(-1)?.version ?? '-'}`);
    const heading = { fr: 'Ce qui a changé :', en: 'What has changed:' };
    tellChanges(call.terminal, heading, await call.home.forms.lastChanges(form));
  },
  close: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.close(formId));
    call.terminal.out(`${form.formId}\t${form.state}`);
  },
  get: async (call) => {
    const formId = word(call, 1, 'FORM');
    const output = call.value('output');
    const format = formatOf(call.value('format'), output);
    if (format === 'xlsx' && output === undefined && call.terminal.isScreen === true) {
      throw new UsageError({
        fr: 'Un classeur ne se lit pas dans un terminal : ajoutez --output FICHIER.xlsx.',
        en: 'A workbook cannot be read in a terminal: add --output FILE.xlsx.',
      });
    }
    const content = await named(
      formId,
      formText(call.home.forms, formId, format, call.value('version')),
    );
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (output !== undefined) await writeWhole(output, [bytes]);
    else if (typeof content === 'string') call.terminal.out(content.trimEnd());
    else await call.terminal.write(content);
  },
};

const formats = ['yaml', 'xlsx', 'json', 'xml'] as const;
type Format = (typeof formats)[number];

/** The format that was asked for, or that the name of the file asks for. Throws UsageError. */
function formatOf(format: string | undefined, file = ''): Format {
  if (format !== undefined) return oneOf(format, formats, '--format');
  const ending = extname(file).slice(1).toLowerCase();
  return formats.find((candidate) => candidate === ending) ?? 'yaml';
}

/** A form's published version, by default the current one, or its draft (`x.draft`). Fault `not-found`. */
async function formText(
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
function tellDraft(terminal: Terminal, { warnings, files, changes }: Draft): void {
  const { language } = terminal;
  for (const { sheet, row, column, message } of warnings) {
    const place = [sheet, row === 0 ? '' : String(row), column].filter((part) => part !== '');
    terminal.err(`${place.length === 0 ? '' : `${place.join(' ')}: `}${message[language]}`);
  }
  const missing = files.filter(({ present }) => !present).map(({ file }) => file);
  if (missing.length > 0) {
    const heading = { fr: 'Fichiers qui manquent :', en: 'Files that are missing:' };
    terminal.err(`${heading[language]} ${missing.join(', ')}`);
  }
  tellChanges(
    terminal,
    { fr: 'Ce que publier changera :', en: 'What publishing will change:' },
    changes,
  );
}

/** The changes under a heading; nothing if there are none. */
function tellChanges(terminal: Terminal, heading: Bilingual, changes: readonly FormChange[]): void {
  if (changes.length > 0) terminal.err(heading[terminal.language]);
  for (const { severity, message } of changes) {
    terminal.err(`  ${severity === 'warning' ? '! ' : '- '}${message[terminal.language]}`);
  }
}

/** What a spreadsheet may be called: those that are no workbook of today are refused with what to do. */
const workbooks: ReadonlySet<string> = new Set(['.xlsx', '.xlsm', '.xls', '.xlsb', '.ods', '.csv']);

/**
 * A form from a file as its author keeps it: a workbook, YAML or JSON, by its ending. Throws Faults
 * `invalid-form`, `body-too-large`, and what the file system says.
 */
async function readFormFile(
  file: string,
): Promise<{ definition: FormDefinition; warnings: readonly FormIssue[] }> {
  const bytes = await readAtMost(file, maxFileBytes);
  const ending = extname(file).toLowerCase();
  if (workbooks.has(ending)) return uploadedDefinition(bytes);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (ending !== '.json') return uploadedDefinition(text);
  const value = parseJson(text);
  return uploadedDefinition(isJsonObject(value) ? value : {});
}

/** The id that a form gives itself (setting `form_id`), else the name of its file. */
function formIdOf(file: string, { settings }: FormDefinition): string {
  const own = FormId.safeParse(idSetting(settings));
  return own.success ? own.data : basename(file, extname(file));
}

function idSetting(settings: Row): string {
  const cell = Object.entries(settings).find(([heading]) =>
    ['form_id', 'id_string'].includes(heading.trim().toLowerCase().replaceAll(' ', '_')),
  );
  return cellText(cell?.[1]);
}

interface MediaFile {
  readonly name: string;
  readonly path: string;
}

/**
 * The media of a form: the files of `folder`, or of `<name of the form's file>-media` beside it if
 * there is one, as other XLSForm tools expect. Hidden files and folders are passed over.
 */
async function mediaOf(file: string, folder: string | undefined): Promise<MediaFile[]> {
  const beside = join(dirname(file), `${basename(file, extname(file))}-media`);
  try {
    const entries = await readdir(folder ?? beside, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ name, path: join(folder ?? beside, name) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && folder === undefined) return [];
    throw error;
  }
}

async function readMedia({ path }: MediaFile): Promise<Buffer> {
  return readAtMost(path, maxMediaBytes);
}

/** A film given by mistake is refused before it fills the memory. */
async function readAtMost(file: string, most: number): Promise<Buffer> {
  const { size } = await stat(file);
  if (size <= most) return readFile(file);
  const megabytes = most / 1_000_000;
  const message = {
    fr: `Le fichier « ${basename(file)} » dépasse ${megabytes} Mo.`,
    en: `The file "${basename(file)}" is larger than ${megabytes} MB.`,
  };
  throw new Fault('body-too-large', {
    errors: [{ pointer: '', code: 'file-too-large', message }],
  });
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { uploadedDefinition } from '../functions/registry/uploaded-definition.ts';
import { Fault } from '../shared/fault.ts';
import { cellText, type FormDefinition, type Row } from '../shared/form/definition.ts';
import { maxMediaBytes } from '../shared/form/library/form-media.ts';
import type { FormIssue } from '../shared/form/model.ts';
import { parseJson } from '../shared/http/body.ts';
import { maxFileBytes } from '../shared/http/operations/operation.ts';
import { FormId } from '../shared/ids.ts';
import { isJsonObject } from '../shared/json.ts';

/** What a spreadsheet may be called: those that are no workbook of today are refused with what to do. */
const workbooks: ReadonlySet<string> = new Set(['.xlsx', '.xlsm', '.xls', '.xlsb', '.ods', '.csv']);

/**
 * A form from a file as its author keeps it: a workbook, YAML or JSON, by its ending. Throws Faults
 * `invalid-form`, `body-too-large`, and what the file system says.
 */
export async function readFormFile(
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
export function formIdOf(file: string, { settings }: FormDefinition): string {
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
export async function mediaOf(file: string, folder: string | undefined): Promise<MediaFile[]> {
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

export async function readMedia({ path }: MediaFile): Promise<Buffer> {
  return readAtMost(path, maxMediaBytes);
}

/** A film given by mistake is refused before it fills the memory. */
async function readAtMost(file: string, most: number): Promise<Buffer> {
  const { size } = await stat(file);
  if (size <= most) return readFile(file);
  const megabytes = most / 1_000_000;
  const message = {
    fr: `Le fichier « ${basename(file)} » dépasse ${megabytes} Mo.`,
    en: `The file "${basename(file)}" is larger than ${megabytes} MB.`,
  };
  throw new Fault('body-too-large', {
    errors: [{ pointer: '', code: 'file-too-large', message }],
  });
}

import { CsvError, parse, type Parser } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Fault } from '../shared/fault.ts';
import type { FormModel } from '../shared/form/model.ts';
import { maxBodyBytes, parseJson } from '../shared/http/body.ts';
import type { JsonObject } from '../shared/json.ts';
import { UsageError } from './command.ts';
import { CsvAnswers, type CsvRow } from './csv-answers.ts';

/** One row of a file, or why it is none. `line` is where it begins, from 1. */
export interface ImportRow {
  readonly line: number;
  readonly content: ImportContent | Fault;
}

export interface ImportContent {
  readonly instanceId: string | undefined;
  readonly formVersion: string | undefined;
  readonly answers: JsonObject;
}

const JsonRow = z.strictObject({
  instanceId: z.string().optional(),
  formVersion: z.string().optional(),
  answers: z.custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ),
});

/** The rows of an NDJSON file: `{instanceId?, formVersion?, answers}` a line. Empty lines are skipped. */
export async function* ndjsonRows(
  file: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<ImportRow> {
  await refuseOtherEncodings(file);
  let line = 0;
  for await (const text of createInterface({
    input: counted(file, onBytes),
    crlfDelay: Infinity,
  })) {
    line += 1;
    const plain = line === 1 ? text.replace(/^\ufeff/, '') : text;
    if (plain.trim() !== '') yield { line, content: readJson(plain) };
  }
}

function readJson(text: string): ImportContent | Fault {
  try {
    if (Buffer.byteLength(text) > maxBodyBytes) throw new Fault('body-too-large');
    const parsed = JsonRow.safeParse(parseJson(text));
    if (parsed.success) {
      const { instanceId, formVersion, answers } = parsed.data;
      return { instanceId, formVersion, answers };
    }
    const message = {
      fr: 'Une ligne est {"instanceId" : "…", "formVersion" : "…", "answers" : {…}} ; seul answers est obligatoire.',
      en: 'A line is {"instanceId": "…", "formVersion": "…", "answers": {…}}; only answers is required.',
    };
    const [issue] = parsed.error.issues;
    const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('');
    return new Fault('invalid-body', { errors: [{ pointer, code: 'invalid-row', message }] });
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** The rows of a CSV file with the dataset's column names. Throws UsageError for columns that are none. */
export async function* csvRows(
  file: string,
  model: FormModel,
  onBytes: (bytes: number) => void,
): AsyncGenerator<ImportRow> {
  const answers = new CsvAnswers(model);
  await refuseOtherEncodings(file);
  const delimiter = await delimiterOf(file);
  const source = counted(file, onBytes);
  const records = parse({
    bom: true,
    info: true,
    delimiter,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxBodyBytes,
  });
  source.on('error', (error) => records.destroy(error)).pipe(records);
  let headings: readonly string[] | undefined;
  let overcounted = 0;
  for await (const record of readable(records)) {
    const { record: cells, info } = Record.parse(record);
    // The parser tells the line where a record ends, and takes CR LF in a quoted cell for two breaks.
    const breaks = cells.flatMap((cell) => cell.match(/\r\n|\n|\r/g) ?? []);
    overcounted += breaks.filter((text) => text === '\r\n').length;
    const line = info.lines - overcounted - breaks.length;
    if (headings === undefined) {
      headings = cells;
      refuseUnknown(answers.unknown(headings));
      continue;
    }
    yield { line, content: readCells(answers, headings, cells) };
  }
}

/** Read on, `é` of another encoding would be stored as `�`. The whole file, before its first row is sent. */
async function refuseOtherEncodings(file: string): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(file))
      decoder.decode(bytes as Buffer, { stream: true });
    decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError({
      fr: 'Ce fichier n’est pas en UTF-8 : enregistrez-le à nouveau, dans Excel comme « CSV UTF-8 ».',
      en: 'This file is not in UTF-8: save it again, in Excel as "CSV UTF-8".',
    });
  }
}

/** What parts the cells: the one of `,`, `;` and tab that the headings have most of. No heading holds one. */
async function delimiterOf(file: string): Promise<string> {
  let headings = '';
  for await (const line of createInterface({ input: createReadStream(file) })) {
    headings = line.replace(/^\ufeff/, '');
    if (headings.trim() !== '') break;
  }
  const count = (candidate: string): number => headings.split(candidate).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** The parser's own errors are English only and none of ours: the operator's file is wrong, and where. */
async function* readable(records: Parser): AsyncGenerator {
  try {
    yield* records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = String(error['lines']);
    throw new UsageError({
      fr: `Ce CSV ne se lit pas à la ligne ${line} : vérifiez les guillemets ; dans une cellule entre guillemets, un guillemet se double ("").`,
      en: `This CSV cannot be read at line ${line}: check the quotes; inside a quoted cell a quote is doubled ("").`,
    });
  }
}

const Record = z.object({
  record: z.array(z.string()),
  info: z.object({ lines: z.number() }),
});

function readCells(
  answers: CsvAnswers,
  headings: readonly string[],
  cells: readonly string[],
): CsvRow | Fault {
  if (cells.length > headings.length) {
    const message = {
      fr: `Cette ligne a ${cells.length} cellules pour ${headings.length} colonnes.`,
      en: `This row has ${cells.length} cells for ${headings.length} columns.`,
    };
    return new Fault('invalid-body', {
      errors: [{ pointer: '', code: 'too-many-cells', message }],
    });
  }
  return answers.read(new Map(headings.map((heading, index) => [heading, cells[index] ?? ''])));
}

function refuseUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  const list = unknown.join(', ');
  throw new UsageError({
    fr: `Ces colonnes ne sont pas des questions de la fiche : ${list}. Les répétitions s’importent en NDJSON.`,
    en: `These columns are no questions of the form: ${list}. Repeats are imported from NDJSON.`,
  });
}

function counted(
  file: string,
  onBytes: (bytes: number) => void,
): ReturnType<typeof createReadStream> {
  const stream = createReadStream(file);
  return stream.on('data', () => {
    onBytes(stream.bytesRead);
  });
}

import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { publicIdOf, type Keyring } from '../../access/keyring.ts';
import { audiences, type Audience } from '../../form/model.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { versionFileKey } from './version-manifest.ts';

/** Texts by language code: French, English and whatever else the form speaks; {}: it says nothing. */
const Label = z.record(z.string(), z.string());

const RowIndexColumn = z.object({
  /** Unique in its table: the same as in CSV. */
  header: z.string(),
  /** Names from the table's row to the value, groups included. Columns of one point share it. */
  path: z.array(z.string()),
  /** Which part of the point at `path` it is: `lat`, `lon`, `altitude`, `accuracy`, `precision` there. */
  cell: z.enum(['latitude', 'longitude', 'altitude', 'accuracy', 'precision']).optional(),
  /** What its values should be: a stored one need not fit. */
  kind: z.enum([
    'text',
    'code',
    'codes',
    'integer',
    'decimal',
    'boolean',
    'date',
    'time',
    'dateTime',
    'file',
    'json',
  ] as const),
  label: Label,
  /** Every choice that any version of the form has had, unless there are very many. */
  choices: z.array(z.object({ code: z.string(), label: Label })).optional(),
});
export type RowIndexColumn = z.infer<typeof RowIndexColumn>;

const RowIndexTable = z.object({
  /** As in the names of CSV files; '' for the records themselves. */
  name: z.string(),
  /** Names from the record to the repeat's rows, groups and outer repeats included; [] for records. */
  path: z.array(z.string()),
  rows: z.int(),
  columns: z.array(RowIndexColumn),
});
export type RowIndexTable = z.infer<typeof RowIndexTable>;

export const Mark = z.object({
  /** Byte at which a line of the NDJSON file begins. */
  offset: z.int(),
  /** How many rows each of `tables`, in their order, has before it; the first one: records. */
  rows: z.array(z.int()),
});
export type Mark = z.infer<typeof Mark>;

/**
 * What an NDJSON file of a version holds and where: enough to read any page of any of its tables
 * without the form. Written beside the file, for compile and the doors alone.
 */
export const RowIndex = z.object({
  format: z.literal(1),
  dataset: z.string(),
  version: z.string(),
  /** In public a day. */
  cutOff: z.union([z.iso.datetime(), z.iso.date()]),
  audience: z.enum(audiences),
  title: Label,
  license: z.string().nullable(),
  /** Of the form, its default one first: the languages of labels. */
  languages: z.array(z.string()),
  /** Columns about the record: `member` is the property of the line that holds the value (a string or null). */
  meta: z.array(
    z.object({ header: z.string(), member: z.string(), kind: RowIndexColumn.shape.kind }),
  ),
  /** The records first, then the repeats, an outer one before those in it. */
  tables: z.tuple([RowIndexTable], RowIndexTable),
  /** Of the whole file. */
  bytes: z.int(),
  /** How many records (lines) there are. */
  rows: z.int(),
  /** Ascending; the first one at 0. Empty: no records. */
  marks: z.array(Mark),
  /** Fingerprint of the keyring in the order of whose public ids the records stand; absent: in another order. */
  keys: z.string().optional(),
});
export type RowIndex = z.infer<typeof RowIndex>;

/** The file of rows, handed out, and its index, an internal file. */
export function ndjsonName(datasetId: string): string {
  return `${datasetId}.ndjson`;
}

export function rowIndexName(audience: Audience): string {
  return `${audience}.ndjson.index`;
}

/**
 * The index of an audience's rows in a version. Undefined: the version shows the audience nothing, is
 * no table, or is from before there were indexes.
 */
export async function readRowIndex(
  objects: ObjectStore,
  datasetId: string,
  version: string,
  audience: Audience,
): Promise<RowIndex | undefined> {
  const key = versionFileKey(datasetId, version, 'internal', rowIndexName(audience));
  const stored = await objects.get(key);
  return stored === undefined ? undefined : RowIndex.parse(JSON.parse(await text(stored)));
}

/**
 * By what of their ids the records of a form's file stand in order, whose `keys` is the keyring's
 * fingerprint: the coordinator is given instanceIds, but not in their order.
 */
export function orderOfIds(
  keyring: Keyring,
  { audience, dataset, keys }: Pick<RowIndex, 'audience' | 'dataset' | 'keys'>,
): (id: string) => string {
  const isOwn = audience !== 'coordinator' || keys !== keyring.fingerprint;
  return isOwn ? (id) => id : (id) => publicIdOf(keyring, dataset, id);
}

/** The last mark at or before row number `row` (from 0) of the table at `table` in `index.tables`. */
export function markBefore({ marks }: Pick<RowIndex, 'marks'>, table: number, row: number): Mark {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.rows[table] ?? 0) <= row) low = middle + 1;
    else high = middle;
  }
  return marks[low - 1] ?? { offset: 0, rows: [] };
}

/** One line of an NDJSON file, unread. */
export interface RowLine {
  /** Byte at which the next one begins: where to go on. */
  readonly next: number;
  /** Without its line feed. */
  readonly bytes: Buffer;
}

const newline = 0x0a;

/**
 * The lines of an NDJSON file from byte `from` on, in batches, none of them parsed: for those who
 * compare bytes or look for an id. Memory holds one line and one chunk. Undefined: there is no such
 * file.
 */
export async function rowLines(
  objects: ObjectStore,
  key: string,
  bytes: number,
  from = 0,
): Promise<AsyncIterable<readonly RowLine[]> | undefined> {
  if (from >= bytes) return noLines();
  const body = await objects.get(key, { start: from, end: bytes - 1 });
  return body === undefined ? undefined : linesOf(body, from);
}

async function* noLines(): AsyncGenerator<readonly RowLine[]> {
  // Nothing to yield: an empty file, or the end of one.
}

async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  from: number,
): AsyncGenerator<readonly RowLine[]> {
  let next = from;
  const held: Buffer[] = [];
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: RowLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      held.push(bytes.subarray(start, end));
      const line = held.length === 1 ? bytes.subarray(start, end) : Buffer.concat(held);
      held.length = 0;
      next += line.length + 1;
      lines.push({ next, bytes: line });
      start = end + 1;
    }
    if (start < bytes.length) held.push(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
}

const idStart = '{"id":"'.length;
const quote = 0x22;

/** The id of a line, which begins with it; ids hold nothing that JSON would have to escape. */
export function idOfRow({ bytes }: RowLine): string {
  return bytes.toString('latin1', idStart, bytes.indexOf(quote, idStart));
}

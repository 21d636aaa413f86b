import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { publicIdOf, type Keyring } from '../../access/keyring.ts';
import { audiences, type Audience } from '../../form/model.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { versionFileKey } from './version-writer.ts';

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
    ...['text', 'code', 'codes', 'integer', 'decimal', 'boolean'],
    ...['date', 'time', 'dateTime', 'file', 'json'],
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

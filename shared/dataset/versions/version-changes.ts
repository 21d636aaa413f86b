import * as z from 'zod';
import { Fault } from '../../fault.ts';
import type { Audience } from '../../form/model.ts';
import { FormId } from '../../ids.ts';
import { type JsonObject, canonicalJson, isJsonObject, own, type JsonValue } from '../../json.ts';
import { fromCursor, malformed, pageSize, toCursor } from '../../submission/records/cursor.ts';
import { readDatasetPointer } from './dataset-pointer.ts';
import { readDatasetVersions } from './dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  ndjsonName,
  orderOfIds,
  readRowIndex,
  type RowIndex,
  rowLines,
  idOfRow,
  type RowLine,
  type RowIndexColumn,
} from './row-index.ts';
import { findManifest, versionFileKey } from './version-manifest.ts';
import { columnValue } from './read-rows.ts';

/** Bytes of both files that one page reads at most: seconds, where an answer may take 28. */
const mostBytesRead = 64 * 1024 * 1024;

const Counts = z.object({
  added: z.int().min(0),
  changed: z.int().min(0),
  removed: z.int().min(0),
  unchanged: z.int().min(0),
});
type Counts = z.infer<typeof Counts>;

const Place = z.object({
  from: z.string(),
  to: z.string(),
  /** Bytes of the older and of the newer file that were read. */
  at: z.tuple([z.int().min(0), z.int().min(0)]),
  /** Of the rows before that place, and of all rows if they are known. */
  counts: Counts,
  total: Counts.optional(),
});
type Place = z.infer<typeof Place>;

/** How one version differs from another, as an audience sees both. */
export interface VersionChanges {
  readonly dataset: string;
  readonly from: string;
  readonly to: string;
  readonly counts: Readonly<Record<RowChange, number>>;
  /** False: rows are still to be counted; the last page has them all. */
  readonly complete: boolean;
  readonly questions: QuestionChanges;
  readonly items: readonly Pick<ComparedRow, 'id' | 'change' | 'questions'>[];
  readonly next: string | null;
}

interface ChangesQuery {
  /** By default the version before `to`. */
  readonly from?: string | undefined;
  /** By default the current one. */
  readonly to?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  /** For tests: how many bytes a page reads at most. */
  readonly mostBytes?: number;
}

type Deps = Pick<CompileDeps, 'registry' | 'objects' | 'keys'>;

/**
 * Rows that were added, changed (in which columns) or removed between two versions of a form's
 * dataset, and questions. Says which, never what was answered. Streams both files of rows; a page
 * ends after `limit` rows or when it has read enough. Throws Fault `not-found` if a version is not
 * there (any more), shows the audience no rows, or has ids that were made otherwise than today's;
 * `malformed-request` for a cursor of another list.
 */
export async function readVersionChanges(
  deps: Deps,
  datasetId: string,
  audience: Audience,
  { cursor, limit, mostBytes = mostBytesRead, ...asked }: ChangesQuery,
): Promise<VersionChanges> {
  await deps.keys.open();
  const place = fromCursor(Place, cursor) ?? (await startOf(deps, datasetId, asked));
  for (const name of ['from', 'to'] as const) {
    if (asked[name] !== undefined && asked[name] !== place[name]) throw malformed('cursor');
  }
  const older = await indexOf(deps, datasetId, place.from, audience);
  const newer = await indexOf(deps, datasetId, place.to, audience);
  if ([older, newer].some(({ keys }) => keys !== deps.keys.fingerprint)) throw otherIds();
  const page = await readPage(deps, [older, newer], place, pageSize(limit), mostBytes);
  return {
    dataset: datasetId,
    from: place.from,
    to: place.to,
    questions: compareQuestions(older, newer),
    ...page,
  };
}

async function startOf(
  { registry }: Deps,
  datasetId: string,
  asked: Pick<ChangesQuery, 'from' | 'to'>,
): Promise<Place> {
  if (!FormId.safeParse(datasetId).success) throw new Fault('not-found');
  const to = asked.to ?? (await readDatasetPointer(registry, datasetId))?.version;
  const versions = await readDatasetVersions(registry, datasetId);
  const before = versions.slice(versions.findIndex(({ version }) => version === to) + 1);
  const from = asked.from ?? before.find(({ state }) => state === 'published')?.version;
  if (from === undefined || to === undefined) throw new Fault('not-found');
  return { from, to, at: [0, 0], counts: { added: 0, changed: 0, removed: 0, unchanged: 0 } };
}

/** Members may compare earlier versions though they may not read them: they learn ids and names of columns. */
async function indexOf(
  { registry, objects }: Deps,
  datasetId: string,
  version: string,
  audience: Audience,
): Promise<RowIndex> {
  const current = (await readDatasetPointer(registry, datasetId))?.version;
  if (version !== current) {
    const versions = await readDatasetVersions(registry, datasetId);
    const found = versions.find((candidate) => candidate.version === version);
    if (found?.state !== 'published') throw new Fault('not-found');
  }
  const manifest = await findManifest(objects, datasetId, version);
  // Rows of several forms do not stand in the order of their ids.
  const ownRows = manifest?.forms.every(({ formId }) => formId === datasetId) === true;
  const index = ownRows ? await readRowIndex(objects, datasetId, version, audience) : undefined;
  if (index === undefined) throw new Fault('not-found');
  return index;
}

async function readPage(
  { objects, keys }: Deps,
  indexes: readonly [RowIndex, RowIndex],
  { from, to, at, counts: counted, total }: Place,
  limit: number,
  mostBytes: number,
): Promise<Pick<VersionChanges, 'counts' | 'complete' | 'items' | 'next'>> {
  const [older, newer] = indexes;
  const columns = columnComparison(older, newer);
  const rows = compareRows(
    [await linesOf(objects, older, at[0]), await linesOf(objects, newer, at[1])],
    at,
    (before, after) => columns(recordOf(before), recordOf(after)),
    orderOfIds(keys, newer),
  );
  const counts = { ...counted };
  const items: VersionChanges['items'][number][] = [];
  let resume: Place | undefined;
  let ended = true;
  for await (const { next, ...row } of rows) {
    counts[row.change] += 1;
    const atEnd = next[0] >= older.bytes && next[1] >= newer.bytes;
    if (resume === undefined && row.change !== 'unchanged') items.push(row);
    const enough = next[0] - at[0] + (next[1] - at[1]) >= mostBytes;
    if (resume === undefined && (items.length === limit || enough) && !atEnd) {
      resume = { from, to, at: [...next], counts: { ...counts } };
    }
    // Rows behind the last item of a page are counted as far as that is cheap.
    ended = atEnd || !(enough || (resume !== undefined && total !== undefined));
    if (!ended) break;
  }
  const all = ended ? counts : total;
  return {
    counts: all ?? counts,
    complete: all !== undefined,
    items,
    next:
      resume === undefined
        ? null
        : toCursor({ ...resume, ...(all === undefined ? {} : { total: all }) }),
  };
}

async function linesOf(objects: Deps['objects'], index: RowIndex, from: number) {
  const { dataset, version, audience, bytes } = index;
  const key = versionFileKey(dataset, version, audience, ndjsonName(dataset));
  const lines = await rowLines(objects, key, bytes, from);
  if (lines === undefined) throw new Fault('not-found');
  return lines;
}

function otherIds(): Fault {
  const message = {
    fr: 'Une des deux versions a d’autres identifiants : elle date d’avant une mise à jour ou un changement de clé.',
    en: 'One of the two versions has other ids: it is from before an update or a change of key.',
  };
  return new Fault('not-found', { errors: [{ pointer: '', code: 'other-ids', message }] });
}

/** What is no line of ours is read only where someone has made up a cursor. */
function recordOf(line: Buffer): JsonObject {
  try {
    const record: unknown = JSON.parse(line.toString('utf8'));
    if (isRecord(record)) return record;
  } catch {
    // Reported below.
  }
  throw malformed('cursor');
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && 'id' in value;
}

type RowChange = 'added' | 'changed' | 'removed' | 'unchanged';

interface ComparedRow {
  readonly id: string;
  readonly change: RowChange;
  /** Of a changed row: the columns whose cells differ. */
  readonly questions: readonly string[];
  /** Where to go on after it, in bytes: in the older file and in the newer one. */
  readonly next: readonly [number, number];
}

type Lines = AsyncIterable<readonly RowLine[]>;

/** By what of a row's id the files are sorted. */
type OrderOf = (id: string) => string;

class Side {
  readonly #batches: AsyncIterator<readonly RowLine[]>;
  #batch: readonly RowLine[] = [];
  #index = 0;
  #id: string | undefined;
  /** Where the line at hand begins. */
  at: number;

  constructor(lines: Lines, at: number) {
    this.#batches = lines[Symbol.asyncIterator]();
    this.at = at;
  }

  /** The line at hand; undefined, once `fill` was asked: the end. */
  get line(): RowLine | undefined {
    return this.#batch[this.#index];
  }

  get id(): string | undefined {
    const line = this.line;
    return line === undefined ? undefined : (this.#id ??= idOfRow(line));
  }

  step(): void {
    this.at = this.line?.next ?? this.at;
    this.#index += 1;
    this.#id = undefined;
  }

  async fill(): Promise<void> {
    while (this.line === undefined) {
      const result: IteratorResult<readonly RowLine[], unknown> = await this.#batches.next();
      if (result.done === true) return;
      this.#batch = result.value;
      this.#index = 0;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/**
 * Compares two files of rows, both in the order of what `orderOf` makes of their ids, row by row. Equal
 * bytes are equal rows, the others go to `differing`, which names the columns that differ: none, and
 * the row is unchanged.
 */
async function* compareRows(
  [older, newer]: readonly [Lines, Lines],
  [from, to]: readonly [number, number],
  differing: (before: Buffer, after: Buffer) => readonly string[],
  orderOf: OrderOf,
): AsyncGenerator<ComparedRow> {
  const before = new Side(older, from);
  const after = new Side(newer, to);
  try {
    for (;;) {
      if (before.line === undefined) await before.fill();
      if (after.line === undefined) await after.fill();
      const row = compareNext(before, after, differing, orderOf);
      if (row === undefined) return;
      yield { ...row, next: [before.at, after.at] };
    }
  } finally {
    await before.close();
    await after.close();
  }
}

function compareNext(
  before: Side,
  after: Side,
  differing: (before: Buffer, after: Buffer) => readonly string[],
  orderOf: OrderOf,
): Omit<ComparedRow, 'next'> | undefined {
  const [one, other] = [before.line, after.line];
  const [oneId, otherId] = [before.id, after.id];
  if (oneId === undefined && otherId === undefined) return undefined;
  const isBefore = oneId !== otherId && comesBefore(oneId, otherId, orderOf);
  if (oneId !== undefined && isBefore) {
    before.step();
    return { id: oneId, change: 'removed', questions: [] };
  }
  if (otherId === undefined) return undefined;
  if (oneId !== otherId) {
    after.step();
    return { id: otherId, change: 'added', questions: [] };
  }
  before.step();
  after.step();
  const same = one === undefined || other === undefined || one.bytes.equals(other.bytes);
  const questions = same ? [] : differing(one.bytes, other.bytes);
  return { id: otherId, change: questions.length === 0 ? 'unchanged' : 'changed', questions };
}

/** Undefined: the end. */
function comesBefore(
  one: string | undefined,
  other: string | undefined,
  orderOf: OrderOf,
): boolean {
  if (one === undefined || other === undefined) return other === undefined;
  return orderOf(one) < orderOf(other);
}

type Column = Pick<RowIndexColumn, 'header' | 'kind' | 'label'>;

/** Which questions two versions show: names as in the headers of CSV, of a repeat with its path. */
interface QuestionChanges {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  /** Of another kind, or called otherwise. */
  readonly changed: readonly (Column & { readonly before: Omit<Column, 'header'> })[];
}

type Indexed = Pick<RowIndex, 'tables' | 'meta'>;

function compareQuestions(from: Indexed, to: Indexed): QuestionChanges {
  const before = new Map(columnsOf(from).map((column) => [column.header, column]));
  const after = columnsOf(to);
  const headers = new Set(after.map(({ header }) => header));
  return {
    added: after.filter(({ header }) => !before.has(header)),
    removed: [...before.values()].filter(({ header }) => !headers.has(header)),
    changed: after.flatMap((column) => {
      const { kind, label } = before.get(column.header) ?? column;
      const same = kind === column.kind && canonicalJson(label) === canonicalJson(column.label);
      return same ? [] : [{ ...column, before: { kind, label } }];
    }),
  };
}

function columnsOf({ tables }: Indexed): readonly Column[] {
  return tables.flatMap(({ path, columns }) =>
    columns.map(({ header, kind, label }) => ({
      header: [...path, header].join('/'),
      kind,
      label,
    })),
  );
}

type Read = (record: JsonObject) => JsonValue | undefined;

/** Names the columns whose cells differ between two records: those about the record come first. */
function columnComparison(
  from: Indexed,
  to: Indexed,
): (before: JsonObject, after: JsonObject) => readonly string[] {
  const older = readersOf(from);
  const newer = readersOf(to);
  const headers = [...new Set([...newer.keys(), ...older.keys()])];
  return (before, after) =>
    headers.filter((header) => {
      const one = older.get(header)?.(before);
      const other = newer.get(header)?.(after);
      return canonicalJson(one ?? null) !== canonicalJson(other ?? null);
    });
}

function readersOf({ meta, tables }: Indexed): ReadonlyMap<string, Read> {
  const readers = new Map<string, Read>();
  for (const { header, member } of meta) readers.set(header, (record) => own(record, member));
  for (const { path, columns } of tables) {
    for (const column of columns) {
      const cells: Read = (record) => {
        const values = rowsAt(record, path).map((row) => columnValue(column, row) ?? null);
        if (path.length === 0) return values[0];
        return values.some((value) => value !== null) ? values : undefined;
      };
      readers.set([...path, column.header].join('/'), cells);
    }
  }
  return readers;
}

/** The rows of a table in a record: the answers themselves, or what repeats at a path. */
function rowsAt(record: JsonObject, path: readonly string[]): readonly JsonObject[] {
  const answers = own(record, 'answers');
  let rows: readonly JsonObject[] = isJsonObject(answers) ? [answers] : [];
  for (const name of path) {
    rows = rows.flatMap((row): readonly JsonObject[] => {
      const value = own(row, name);
      if (Array.isArray(value)) return (value as readonly JsonValue[]).filter(isJsonObject);
      return isJsonObject(value) ? [value] : [];
    });
  }
  return rows;
}

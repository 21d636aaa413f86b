import * as z from 'zod';
import { Fault } from '../../fault.ts';
import type { Audience } from '../../form/model.ts';
import { FormId } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { fromCursor, malformed, pageSize, toCursor } from '../../submission/records/cursor.ts';
import { columnComparison, compareQuestions, type QuestionChanges } from './compare-columns.ts';
import { compareRows, type ComparedRow, type RowChange } from './compare-rows.ts';
import { readDatasetPointer } from './dataset-pointer.ts';
import { readDatasetVersions } from './dataset-version.ts';
import type { CompileDeps } from '../deps.ts';
import { ndjsonName, orderOfIds, readRowIndex, type RowIndex } from './row-index.ts';
import { rowLines } from './row-lines.ts';
import { findManifest } from './stored-manifest.ts';
import { versionFileKey } from './version-writer.ts';

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

export interface ChangesQuery {
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

/** Members may compare earlier versions though they may not read them: ids and names of columns are told. */
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
    fr: 'Une des deux versions a d’autres identifiants : elle date d’avant une mise à jour ou un changement de clé.',
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
    // Told below.
  }
  throw malformed('cursor');
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && 'id' in value;
}

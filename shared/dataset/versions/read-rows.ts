import type { ObjectStore } from '../../objects/object-store.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { ndjsonName, type RowIndex, type RowIndexColumn } from './row-index.ts';
import { versionFileKey } from './version-manifest.ts';

/** One record of an NDJSON file. */
export interface ReadRow {
  /** Byte at which its line begins. */
  readonly offset: number;
  /** Byte at which the next one begins: where to go on. */
  readonly next: number;
  /** `id`, `organisation`, `formVersion`… (`index.meta`) and `answers`. */
  readonly record: JsonObject;
}

/** Which bytes of the file to read. */
export interface RowRange {
  /** A line must begin there: a mark's offset, a `next`, or 0 (the default). */
  readonly from?: number;
  /** Reads no line that begins at or after it; by default all. */
  readonly to?: number;
}

const newline = 0x0a;

/**
 * The records of a version as an audience sees them, parsed, in the order of the file; memory holds
 * one line and one chunk. Whoever stops early reads no further. Throws when the file has gone
 * meanwhile (its version was withdrawn) or does not agree with the index.
 */
export async function* readRows(
  objects: ObjectStore,
  index: Pick<RowIndex, 'dataset' | 'version' | 'audience' | 'bytes'>,
  { from = 0, to = Infinity }: RowRange = {},
): AsyncGenerator<ReadRow> {
  const end = Math.min(to, index.bytes);
  if (from >= end) return;
  const key = versionFileKey(
    index.dataset,
    index.version,
    index.audience,
    ndjsonName(index.dataset),
  );
  const body = await objects.get(key, { start: from, end: index.bytes - 1 });
  if (body === undefined) throw new RowsGoneError(`${key} has gone.`);
  let offset = from;
  const held: Uint8Array[] = [];
  for await (const chunk of body) {
    let start = 0;
    for (;;) {
      const stop = chunk.indexOf(newline, start);
      if (stop === -1) break;
      held.push(chunk.subarray(start, stop));
      start = stop + 1;
      const line = held.length === 1 ? held[0] : Buffer.concat(held);
      held.length = 0;
      const next = offset + (line?.byteLength ?? 0) + 1;
      yield { offset, next, record: recordOf(line, key) };
      if (next >= end) return;
      offset = next;
    }
    if (start < chunk.byteLength) held.push(chunk.subarray(start));
  }
  throw new RowsGoneError(`${key} ends before byte ${index.bytes}.`);
}

/** The rows of a version are not there as its index says: it was withdrawn, or is damaged. */
export class RowsGoneError extends Error {
  override readonly name = 'RowsGoneError';
}

const decoder = new TextDecoder();

function recordOf(line: Uint8Array | undefined, key: string): JsonObject {
  const record: unknown = JSON.parse(decoder.decode(line));
  if (!isRecord(record)) throw new RowsGoneError(`${key} has a line that is no record.`);
  return record;
}

/** The file's bytes are ours: this only tells apart what was never a line of it. */
function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && 'id' in value && 'answers' in value;
}

/**
 * What a column has in a row of its table: `record.answers`, or an element of the array at the
 * table's path (elements that are no objects are no rows). Undefined: no answer.
 */
export function columnValue(
  { path, cell }: Pick<RowIndexColumn, 'path' | 'cell'>,
  row: JsonObject,
): JsonValue | undefined {
  let value: JsonValue | undefined = row;
  for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
  if (value === null) return undefined;
  const isPoint =
    isJsonObject(value) &&
    typeof own(value, 'lat') === 'number' &&
    typeof own(value, 'lon') === 'number';
  // Two versions may have asked under one name for a point and for something else: two columns.
  if (cell === undefined) return isPoint ? undefined : value;
  return isPoint && isJsonObject(value) ? own(value, pointMembers[cell]) : undefined;
}

/** What the parts of a point are called in JSON. */
export const pointMembers = {
  latitude: 'lat',
  longitude: 'lon',
  altitude: 'altitude',
  accuracy: 'accuracy',
  precision: 'precision',
} as const;

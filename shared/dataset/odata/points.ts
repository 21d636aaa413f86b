import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import type { RowIndexColumn } from '../versions/row-index.ts';

/** Degrees WGS84; metres above the ellipsoid. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
  readonly altitude: number | undefined;
}

/** One text for one path. */
export const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** What stands at a path of names below a row. */
export function valueAt(path: readonly string[]): (row: JsonObject) => JsonValue | undefined {
  const [name = ''] = path;
  if (path.length === 1) return (row) => own(row, name);
  return (row) => {
    let value: JsonValue | undefined = row;
    for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
    return value;
  };
}

export function isPoint(value: JsonValue | undefined): value is JsonObject {
  return (
    isJsonObject(value) &&
    typeof own(value, 'lat') === 'number' &&
    typeof own(value, 'lon') === 'number'
  );
}

/** The columns of one point. */
export interface PointColumns {
  readonly header: string;
  readonly at: (row: JsonObject) => JsonValue | undefined;
  /** No other column tells what else was answered under that name. */
  readonly alone: boolean;
}

/** The points of a table, by the header of their first cell. */
export function pointsOf(columns: readonly RowIndexColumn[]): ReadonlyMap<string, PointColumns> {
  const suffix = '/latitude';
  return new Map(
    columns.flatMap(({ header, path, cell }) => {
      if (cell !== 'latitude') return [];
      const alone = !columns.some(
        (other) => other.cell === undefined && keyOf(other.path) === keyOf(path),
      );
      const name = header.endsWith(suffix) ? header.slice(0, -suffix.length) : path.join('/');
      return [[header, { header: name, at: valueAt(path), alone }] as const];
    }),
  );
}

export function pointAt(value: JsonValue | undefined): Point | undefined {
  if (!isPoint(value)) return undefined;
  const [lat, lon, altitude] = [own(value, 'lat'), own(value, 'lon'), own(value, 'altitude')];
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  return { lat, lon, altitude: typeof altitude === 'number' ? altitude : undefined };
}

import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { pointMembers } from '../versions/read-rows.ts';
import type { RowIndex, RowIndexColumn, RowIndexTable } from '../versions/row-index.ts';
import { edmTypeOf, typedValue, type EdmType, type EdmValue } from './edm-value.ts';

/** One row of an entity set. */
export interface Entity {
  /** In its set: that of the record, and for the row of a repeat that of the row above, `/`, its number. */
  readonly id: string;
  /** Which row it is of those below its parent, from 1; of a record 0. */
  readonly index: number;
  /** Its answers. */
  readonly row: JsonObject;
  /** The record it belongs to, as its line has it. */
  readonly record: JsonObject;
  readonly parent: Entity | undefined;
}

/** One property of an entity, and how it is read. */
export interface Property {
  readonly name: string;
  readonly type: EdmType;
  readonly nullable: boolean;
  /** What the form calls it, by language. */
  readonly label: Readonly<Record<string, string>>;
  readonly read: (entity: Entity) => EdmValue;
  /** Of a point alone: where it is. */
  readonly point?: (entity: Entity) => Point | undefined;
}

/** Where the parts of what was answered stand that no typed property can hold. */
const unfitName = '_unfit';

/** The properties of a table: what stands before the answers, the answers, and what no type can hold. */
export function propertiesOf(
  table: RowIndexTable,
  index: RowIndex,
  names: UniqueNames,
): readonly Property[] {
  const fixed = table.path.length === 0 ? recordProperties(index, names) : rowProperties(names);
  // Taken before any question can take it: it means the same in every set.
  const unfit = names.take(unfitName);
  const points = pointsOf(table.columns);
  const columns = table.columns.map((column) => columnOf(column, table.columns));
  const answered = columns.flatMap((column, at): readonly Property[] => {
    const point = points.get(table.columns[at]?.header ?? '');
    const { header, type, label, raw } = column;
    const own: Property = {
      name: names.take(identifier(header)),
      type,
      nullable: true,
      label,
      read: (entity) => {
        const answer = raw(entity.row);
        return answer === undefined ? null : typedValue(type, answer).value;
      },
    };
    return point === undefined ? [own] : [pointProperty(point, label, names), own];
  });
  const strays = [...points.values()].filter(({ alone }) => alone);
  return [
    ...fixed,
    ...answered,
    {
      name: unfit,
      type: 'Edm.String',
      nullable: true,
      label: {},
      read: (entity) => unfitOf(entity, columns, strays),
    },
  ];
}

function recordProperties({ meta }: RowIndex, names: UniqueNames): readonly Property[] {
  return meta.map(({ header, member, kind }): Property => {
    const type = edmTypeOf(kind);
    return {
      name: names.take(identifier(header)),
      type,
      nullable: header !== 'id',
      label: {},
      read: ({ record }) => {
        const value = own(record, member);
        return value === undefined ? null : typedValue(type, value).value;
      },
    };
  });
}

function rowProperties(names: UniqueNames): readonly Property[] {
  const fixed = (name: string, type: EdmType, read: Property['read']): Property => ({
    name: names.take(name),
    type,
    nullable: false,
    label: {},
    read,
  });
  return [
    fixed('id', 'Edm.String', ({ id }) => id),
    fixed('parent_id', 'Edm.String', ({ parent }) => parent?.id ?? null),
    fixed('index', 'Edm.Int64', ({ index }) => index),
  ];
}

interface ColumnReader {
  readonly header: string;
  readonly type: EdmType;
  readonly label: Readonly<Record<string, string>>;
  readonly raw: (row: JsonObject) => JsonValue | undefined;
}

function columnOf(column: RowIndexColumn, all: readonly RowIndexColumn[]): ColumnReader {
  const { header, kind, label, path, cell } = column;
  const at = valueAt(path);
  // Two versions may have asked under one name for a point and for something else: two columns.
  const shared = all.some(
    (other) =>
      other.path.length === path.length &&
      other.cell !== undefined &&
      keyOf(other.path) === keyOf(path),
  );
  return {
    header,
    label,
    type: edmTypeOf(kind),
    raw: (row) => {
      const value = at(row);
      if (cell !== undefined) return isPoint(value) ? own(value, pointMembers[cell]) : undefined;
      return value === null || (shared && isPoint(value)) ? undefined : value;
    },
  };
}

/** What was answered that its property cannot say, or not all of it, by header: JSON text. */
function unfitOf(
  { row }: Entity,
  columns: readonly ColumnReader[],
  strays: readonly PointColumns[],
): string | null {
  const found: [string, JsonValue][] = [];
  for (const { header, type, raw } of columns) {
    if (type === 'Edm.String') continue;
    const answer = raw(row);
    if (answer === undefined || answer === null) continue;
    if (!typedValue(type, answer).fits) found.push([header, answer]);
  }
  for (const { header, at } of strays) {
    const answer = at(row);
    if (answer !== undefined && answer !== null && !isPoint(answer)) found.push([header, answer]);
  }
  return found.length === 0 ? null : JSON.stringify(Object.fromEntries(found));
}

function pointProperty(
  { header, at }: PointColumns,
  label: Readonly<Record<string, string>>,
  names: UniqueNames,
): Property {
  return {
    name: names.take(identifier(header)),
    type: 'Edm.GeographyPoint',
    nullable: true,
    label,
    // An expression can only ask whether there is one.
    read: ({ row }) => (isPoint(at(row)) ? true : null),
    point: ({ row }) => pointAt(at(row)),
  };
}

/** Degrees WGS84; metres above the ellipsoid. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
  readonly altitude: number | undefined;
}

/** One text for one path. */
const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** What stands at a path of names below a row. */
function valueAt(path: readonly string[]): (row: JsonObject) => JsonValue | undefined {
  const [name = ''] = path;
  if (path.length === 1) return (row) => own(row, name);
  return (row) => {
    let value: JsonValue | undefined = row;
    for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
    return value;
  };
}

function isPoint(value: JsonValue | undefined): value is JsonObject {
  return (
    isJsonObject(value) &&
    typeof own(value, 'lat') === 'number' &&
    typeof own(value, 'lon') === 'number'
  );
}

/** The columns of one point. */
interface PointColumns {
  readonly header: string;
  readonly at: (row: JsonObject) => JsonValue | undefined;
  /** No other column tells what else was answered under that name. */
  readonly alone: boolean;
}

/** The points of a table, by the header of their first cell. */
function pointsOf(columns: readonly RowIndexColumn[]): ReadonlyMap<string, PointColumns> {
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

function pointAt(value: JsonValue | undefined): Point | undefined {
  if (!isPoint(value)) return undefined;
  const [lat, lon, altitude] = [own(value, 'lat'), own(value, 'lon'), own(value, 'altitude')];
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  return { lat, lon, altitude: typeof altitude === 'number' ? altitude : undefined };
}

/** Words that mean something else in an expression. */
const reserved = new Set(['null', 'true', 'false', 'not']);
const mostCharacters = 128;

/**
 * A name as OData takes it (4.0 part 3, SimpleIdentifier): letters of any script, digits and `_`, at
 * most 128 characters, no digit first.
 */
export function identifier(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_]/gu, '_');
  const named = /^[\p{L}\p{Nl}_]/u.test(plain) && !reserved.has(plain) ? plain : `_${plain}`;
  return cut(named, mostCharacters);
}

/** No letter is cut in two. */
function cut(text: string, characters: number): string {
  return Array.from(text).slice(0, characters).join('');
}

/**
 * Gives out names that differ even for tools that know no case, such as databases: a number tells
 * apart what would be the same.
 */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(name: string): string {
    let free = name;
    for (let number = 2; this.#taken.has(free.toLowerCase()); number += 1) {
      const suffix = `_${number}`;
      free = cut(name, mostCharacters - suffix.length) + suffix;
    }
    this.#taken.add(free.toLowerCase());
    return free;
  }
}

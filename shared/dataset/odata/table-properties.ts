import { own, type JsonObject, type JsonValue } from '../../json.ts';
import { pointMembers } from '../versions/read-rows.ts';
import type { RowIndex, RowIndexColumn, RowIndexTable } from '../versions/row-index.ts';
import { identifier, type UniqueNames } from './edm-names.ts';
import {
  isPoint,
  keyOf,
  pointAt,
  pointsOf,
  valueAt,
  type Point,
  type PointColumns,
} from './points.ts';
import { edmTypeOf, typedValue, type EdmType, type EdmValue } from './edm-value.ts';
import type { Entity } from './entity.ts';

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
    ...{ type, nullable: false, label: {}, read },
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
    ...{ header, label, type: edmTypeOf(kind) },
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

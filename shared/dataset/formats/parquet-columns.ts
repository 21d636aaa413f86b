import type { SchemaElement } from 'hyparquet-writer';
import { isDate } from '../../form/types/iso-dates.ts';
import type { JsonValue } from '../../json.ts';
import { flatText } from '../rows/cell-text.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  /** It, and what it is made of. */
  readonly elements: readonly SchemaElement[];
  /** Whether each row group says between which values its own lie: bounds of long texts would be held until the file ends. */
  readonly bounds: boolean;
  /** The value as hyparquet-writer takes it; undefined: it is no value of this type. */
  readonly read: (value: JsonValue) => unknown;
}

const text = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
} as const;

/** A column of one kind. Times stay texts: Parquet's have no zone, and those of answers may. */
export function parquetColumn(name: string, kind: ColumnKind): ParquetColumn {
  const column = (
    element: Omit<SchemaElement, 'name'>,
    read: ParquetColumn['read'],
    bounds = false,
  ): ParquetColumn => ({
    name,
    elements: [{ name, repetition_type: 'OPTIONAL', ...element }],
    bounds,
    read,
  });
  switch (kind) {
    case 'text':
    case 'time':
    case 'file':
    case 'code':
      return column(text, textOf);
    case 'json':
      return column(
        { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
        (value) => value,
      );
    case 'codes':
      return { name, elements: listOfTexts(name), bounds: false, read: codesOf };
    case 'integer':
      return column({ type: 'INT64' }, integerOf, true);
    case 'decimal':
      return column(
        { type: 'DOUBLE' },
        (value) => (typeof value === 'number' ? value : undefined),
        true,
      );
    case 'boolean':
      return column({ type: 'BOOLEAN' }, (value) =>
        typeof value === 'boolean' ? value : undefined,
      );
    case 'date':
      return column(
        { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
        remembered(dateOf),
        true,
      );
    case 'dateTime':
      return column(
        {
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        },
        momentReader(),
        true,
      );
  }
}

/** Several codes: a list, as LogicalTypes.md has it. */
function listOfTexts(name: string): readonly SchemaElement[] {
  return [
    {
      name,
      repetition_type: 'OPTIONAL',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...text },
  ];
}

function codesOf(value: JsonValue): unknown {
  return Array.isArray(value) && value.every((code) => typeof code === 'string')
    ? value
    : undefined;
}

function integerOf(value: JsonValue): unknown {
  return Number.isSafeInteger(value) && typeof value === 'number' ? BigInt(value) : undefined;
}

function momentReader(): (value: JsonValue) => number | undefined {
  const days = remembered(dateOf);
  return (value) => momentOf(value, days);
}

/** Few dates are answered many times. */
function remembered(
  read: (value: JsonValue) => number | undefined,
): (value: JsonValue) => number | undefined {
  const mostHeld = 4096;
  const known = new Map<JsonValue, number | undefined>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const made = read(value);
    if (known.size === mostHeld) known.clear();
    known.set(value, made);
    return made;
  };
}

const dayMs = 86_400_000;

/** The text of a cell as in CSV, but never marked as no formula: any value has one. */
function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? flatText(value) : String(value);
}

/** Days since 1970-01-01. Undefined: no date. */
export function dateOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !isDate(value)) return undefined;
  return Date.parse(value) / dayMs;
}

const clockPattern =
  /^T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;

/**
 * Milliseconds since 1970-01-01T00:00Z. Undefined: no date with a time, or one that milliseconds
 * cannot say. Without a zone nobody knows which moment it is, so that there is no such value either.
 * Not by Date.parse alone: it takes the 30th of February, and half as long again.
 */
export function momentOf(
  value: JsonValue,
  days: (date: string) => number | undefined = dateOf,
): number | undefined {
  if (typeof value !== 'string') return undefined;
  const clock = clockPattern.exec(value.slice(10));
  const day = clock === null ? undefined : days(value.slice(0, 10));
  if (clock === null || day === undefined) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '', sign, zoneHours, zoneMinutes] = clock;
  if (/[^0]/.test(fraction.slice(3))) return undefined;
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const zone = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return day * dayMs + (ofDay - (sign === '-' ? -zone : zone)) * 1000 + milliseconds;
}

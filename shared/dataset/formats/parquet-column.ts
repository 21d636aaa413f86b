import type { SchemaElement } from 'hyparquet-writer';
import type { JsonValue } from '../../json.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';
import { ParquetNumbers } from './parquet-runs.ts';
import { dateOf, jsonOf, momentOf, textOf } from './parquet-cells.ts';
import {
  BooleanValues,
  CodeValues,
  TextValues,
  doubleValues,
  int32Values,
  int64Values,
  type ParquetValues,
} from './parquet-values.ts';

/** A column of a Parquet file, and what a row group holds of it so far. */
export interface ParquetColumn {
  readonly name: string;
  /** It, and what it is made of. */
  readonly elements: readonly SchemaElement[];
  /** Names from the top of the schema to the values. */
  readonly path: string[];
  readonly values: Pick<
    ParquetValues<never>,
    'size' | 'range' | 'dictionary' | 'writePage' | 'clear'
  >;
  /** How much of the path to each value there is: all of it, or where a null begins. */
  readonly definitions: ParquetNumbers;
  /** Of a list: 0 where a row begins, 1 within it. */
  readonly repetitions: ParquetNumbers | undefined;
  /** What a definition must be for a value to be there. */
  readonly defined: number;
  /** Takes the next row's value; undefined: it has none. False: it is no such value, and null stands for it. */
  add(value: JsonValue | undefined): boolean;
}

const text = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
} as const;

/** A column of one kind. Times stay texts: Parquet's have no zone, and those of answers may. */
export function parquetColumn(name: string, kind: ColumnKind): ParquetColumn {
  switch (kind) {
    case 'text':
    case 'time':
    case 'file':
      return flat({ name, ...text }, new TextValues(), textOf);
    case 'json':
      return flat(
        { name, type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
        new TextValues(),
        jsonOf,
      );
    case 'code':
      return flat({ name, ...text }, new CodeValues(), textOf);
    case 'codes':
      return list(name);
    case 'integer':
      return flat({ name, type: 'INT64' }, int64Values(), (value) =>
        Number.isSafeInteger(value) && typeof value === 'number' ? value : undefined,
      );
    case 'decimal':
      return flat({ name, type: 'DOUBLE' }, doubleValues(), (value) =>
        typeof value === 'number' ? value : undefined,
      );
    case 'boolean':
      return flat({ name, type: 'BOOLEAN' }, new BooleanValues(), (value) =>
        typeof value === 'boolean' ? value : undefined,
      );
    case 'date':
      return flat(
        { name, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
        int32Values(),
        remembered(dateOf),
      );
    case 'dateTime':
      return flat(
        {
          name,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        },
        int64Values(),
        momentReader(),
      );
  }
}

function flat<Value>(
  element: SchemaElement,
  values: ParquetValues<Value>,
  read: (value: JsonValue) => Value | undefined,
): ParquetColumn {
  const definitions = new ParquetNumbers();
  return {
    name: element.name,
    elements: [{ ...element, repetition_type: 'OPTIONAL' }],
    path: [element.name],
    values,
    definitions,
    repetitions: undefined,
    defined: 1,
    add: (value) => {
      const known = value === undefined ? undefined : read(value);
      definitions.add(known === undefined ? 0 : 1);
      if (known !== undefined) values.add(known);
      return known !== undefined || value === undefined;
    },
  };
}

/** Several codes: a list, as LogicalTypes.md has it. */
function list(name: string): ParquetColumn {
  const values = new CodeValues();
  const definitions = new ParquetNumbers();
  const repetitions = new ParquetNumbers();
  const empty = (definition: 0 | 1): void => {
    definitions.add(definition);
    repetitions.add(0);
  };
  return {
    name,
    elements: [
      {
        name,
        repetition_type: 'OPTIONAL',
        num_children: 1,
        converted_type: 'LIST',
        logical_type: { type: 'LIST' },
      },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'REQUIRED', ...text },
    ],
    path: [name, 'list', 'element'],
    values,
    definitions,
    repetitions,
    defined: 2,
    add: (value) => {
      if (!isCodes(value)) {
        empty(0);
        return value === undefined;
      }
      if (value.length === 0) empty(1);
      for (const [index, code] of value.entries()) {
        definitions.add(2);
        repetitions.add(index === 0 ? 0 : 1);
        values.add(code);
      }
      return true;
    },
  };
}

function isCodes(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((code) => typeof code === 'string');
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

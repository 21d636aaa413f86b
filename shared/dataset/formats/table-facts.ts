import * as z from 'zod';
import { isDate, isDateTime } from '../../form/types/iso-dates.ts';
import type { JsonValue } from '../../json.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';
import type { Format } from './format.ts';

/** What the rows that an audience sees have shown of the columns. */
export interface TableFacts {
  /** A value was none of the column's kind, or no code of its choices. */
  readonly unfit: ReadonlySet<Column>;
  /** A row had no answer. */
  readonly missing: ReadonlySet<Column>;
}

const known = new WeakMap<AudienceTables, TableFacts>();

/** Good once all rows are written; undefined: nobody has looked. */
export function factsOf(tables: AudienceTables): TableFacts | undefined {
  return known.get(tables);
}

/**
 * Writes no file: looks at what descriptions may promise of the columns. Phones' answers are believed,
 * and versions of a form may ask the same name differently, so the form alone does not tell.
 */
export const tableFacts: Format = {
  name: 'facts',
  inParts: 'append',
  open: ({ tables, resumed }) => {
    const all = [tables.main, ...tables.repeats];
    const before = resumed === undefined ? { records: 0, seen: [] } : Saved.parse(resumed);
    const unfit = new Set(columnsWhere(all, before, 'unfit'));
    const missing = new Set(columnsWhere(all, before, 'missing'));
    const watched = all.map((table) => watch(table).filter(({ column }) => !unfit.has(column)));
    const look = (row: AudienceRow): void => {
      const watches = watched[row.table] ?? [];
      for (let at = 0; at < watches.length; at += 1) {
        const watchOf = watches[at];
        if (watchOf === undefined) continue;
        const { column, index, fits } = watchOf;
        const value = row.value(index);
        if (value === undefined) missing.add(column);
        else if (!fits(value)) {
          unfit.add(column);
          missing.add(column);
          watches.splice(at, 1);
          at -= 1;
        }
      }
    };
    let { records } = before;
    return {
      row: ({ rows }) => {
        records += 1;
        for (const row of rows) look(row);
      },
      save: () => ({
        records,
        seen: all.map(({ columns }) =>
          columns.map((column) => ({ unfit: unfit.has(column), missing: missing.has(column) })),
        ),
      }),
      end: () => {
        known.set(tables, { unfit, missing });
        return records;
      },
    };
  },
};

/** What was seen of each column, by table. */
const Saved = z.object({
  records: z.int(),
  seen: z.array(z.array(z.object({ unfit: z.boolean(), missing: z.boolean() }))),
});

function columnsWhere(
  tables: readonly TableColumns[],
  { seen }: z.infer<typeof Saved>,
  what: 'unfit' | 'missing',
): readonly Column[] {
  return tables.flatMap(({ columns }, table) =>
    columns.filter((_, index) => seen[table]?.[index]?.[what] === true),
  );
}

interface Watch {
  readonly column: Column;
  readonly index: number;
  readonly fits: (value: JsonValue) => boolean;
}

function watch({ columns }: TableColumns): Watch[] {
  return columns.map((column, index) => ({ column, index, fits: fitsOf(column) }));
}

/** A time with seconds: what readers of Table Schema take without being told of a format. */
const fullTime = /^\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?$/;
const fullMoment = /T\d\d:\d\d:\d\d/;

function fitsOf({ kind, choices }: Column): Watch['fits'] {
  const isCode = (value: JsonValue): boolean => typeof value === 'string' && choices.has(value);
  switch (kind) {
    case 'integer':
      return (value) => Number.isSafeInteger(value);
    case 'decimal':
      return (value) => typeof value === 'number';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'date':
      return (value) => typeof value === 'string' && isDate(value);
    case 'time':
      return (value) => typeof value === 'string' && fullTime.test(value);
    case 'dateTime':
      return (value) => typeof value === 'string' && isDateTime(value) && fullMoment.test(value);
    case 'code':
      return isCode;
    case 'codes':
      return (value) => Array.isArray(value) && (value as readonly JsonValue[]).every(isCode);
    case 'text':
    case 'file':
    case 'json':
      return () => true;
  }
}

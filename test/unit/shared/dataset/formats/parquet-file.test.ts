import { hash } from 'node:crypto';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../../shared/json.ts';
import { parquetColumn } from '../../../../../shared/dataset/formats/parquet-columns.ts';
import { ParquetFile } from '../../../../../shared/dataset/formats/parquet.ts';

const kinds = ['text', 'code', 'codes', 'integer', 'decimal', 'boolean', 'date', 'json'] as const;
interface GroupLimits {
  readonly bytes: number;
  readonly rows: number;
}
type Row = Readonly<Partial<Record<(typeof kinds)[number], JsonValue>>>;

function fileOf(rows: readonly Row[], limits: GroupLimits): ArrayBuffer {
  const pieces: Uint8Array[] = [];
  const columns = kinds.map((kind) => parquetColumn(kind, kind));
  const sink = { writeBytes: (bytes: Uint8Array) => pieces.push(bytes) };
  const file = new ParquetFile(
    { writeBytes: (bytes) => void sink.writeBytes(bytes) },
    columns,
    limits,
  );
  for (const row of rows) {
    for (const [index, kind] of kinds.entries()) file.add(index, row[kind]);
    file.endRow();
  }
  file.end([]);
  return new Uint8Array(Buffer.concat(pieces)).buffer;
}

/** What hyparquet should say of a row. */
function expected(row: Row): Record<string, unknown> {
  const { integer, date, ...rest } = row;
  return {
    ...Object.fromEntries(kinds.map((kind) => [kind, null])),
    ...rest,
    ...(typeof integer === 'number' ? { integer: BigInt(integer) } : {}),
    ...(typeof date === 'string' ? { date: new Date(date) } : {}),
  };
}

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const aRow: fc.Arbitrary<Row> = fc.record(
  {
    text: word,
    code: fc.constantFrom('a', 'b', 'c', 'é'),
    codes: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    integer: fc.maxSafeInteger(),
    decimal: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    boolean: fc.boolean(),
    date: fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    json: fc.array(fc.integer(), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

describe('a Parquet file', () => {
  it('is read back by another reader as it was, whatever its row groups', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aRow, { maxLength: 300 }),
        fc.integer({ min: 1, max: 300 }),
        async (rows, groupRows) => {
          const file = fileOf(rows, { bytes: 1_000, rows: groupRows });
          const read = await parquetReadObjects({ file });
          const found = read.map((row) =>
            Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null])),
          );
          expect(found).toEqual(rows.map(expected));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends a row group when it holds enough bytes or rows', () => {
    const long = { text: 'x'.repeat(100) };
    const rows = Array.from({ length: 256 }, () => long);
    const groups = (limits: GroupLimits): number[] =>
      parquetMetadata(fileOf(rows, limits)).row_groups.map((group) => Number(group.num_rows));
    expect(groups({ bytes: 24_000, rows: 1_000 })).toEqual([128, 128]);
    expect(groups({ bytes: 1e9, rows: 100 })).toEqual([100, 100, 56]);
  });

  it('holds a code once in a row group, however often it is said', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      code: ['Kolda', 'Louga', 'Matam'][index % 3] ?? '',
    }));
    const file = Buffer.from(fileOf(rows, { bytes: 1e9, rows: 1_000 }));
    expect(file.toString('latin1').split('Louga')).toHaveLength(2);
    const [group] = parquetMetadata(fileOf(rows, { bytes: 1e9, rows: 1_000 })).row_groups;
    const column = group?.columns.find(({ meta_data: data }) => data?.path_in_schema[0] === 'code');
    expect(column?.meta_data?.encodings).toContain('RLE_DICTIONARY');
  });

  it('says between which values numbers and dates lie', () => {
    const rows = [{ integer: 3, date: '2026-01-02' }, {}, { integer: -1, date: '2026-01-01' }];
    const [group] = parquetMetadata(fileOf(rows, { bytes: 1e9, rows: 1_000 })).row_groups;
    const byName = new Map(
      group?.columns.map(({ meta_data: data }) => [data?.path_in_schema[0], data?.statistics]),
    );
    expect(byName.get('integer')).toMatchObject({ min_value: -1n, max_value: 3n });
    expect(byName.get('date')).toMatchObject({
      min_value: new Date('2026-01-01'),
      max_value: new Date('2026-01-02'),
    });
    expect(byName.get('text')).toBeUndefined();
  });

  it('has the same bytes for the same rows: if they change, compilerVersion grows', () => {
    const rows: readonly Row[] = [
      { text: 'é', code: 'a', codes: ['a', 'b'], integer: 12, decimal: 1.5, boolean: true },
      { text: '', code: 'a', codes: [], date: '2026-01-02', json: [1, { a: null }] },
      {},
    ];
    const bytes = new Uint8Array(fileOf(rows, { bytes: 1e9, rows: 2 }));
    expect(hash('sha256', bytes)).toBe(
      'dd0d7e5434ecb5140c59763f03ef5bfbac5bc179c8856c232761b18a746302e1',
    );
  });
});

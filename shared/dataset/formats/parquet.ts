import type { DatasetHead } from '../versions/version-place.ts';
import { ByteWriter, ParquetWriter, type KeyValue } from 'hyparquet-writer';
import type { JsonValue } from '../../json.ts';
import type { FileSink } from '../../zip/file-sink.ts';
import { jsonText } from '../rows/cell-text.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { repeatLeads, type AudienceRow, type LeadColumn } from '../rows/audience-row.ts';
import type { Format, FormatContext } from './format.ts';
import { parquetColumn, type ParquetColumn } from './parquet-columns.ts';

const parquetMediaType = 'application/vnd.apache.parquet';

/**
 * Parquet, for programs that analyse: a typed table for the records and one for each repeat. What is
 * no value of its column's type is null there, and stands, as it was answered, in the last column. A
 * dataset in parts has `x-00001.parquet` and so on, as programs that read many files at once want them.
 */
export const parquet: Format = {
  name: 'parquet',
  inParts: 'files',
  open: (context) => {
    const { meta, main, repeats } = context.tables;
    const records = new Table(context, main, meta);
    const inRepeats = repeats.map((table) => new Table(context, table, repeatLeads));
    const tables = [records, ...inRepeats];
    return {
      row: ({ rows }) => {
        for (const row of rows) tables[row.table]?.add(row);
      },
      end: () => {
        for (const table of tables) table.end();
        return records.rows;
      },
    };
  },
};

class Table {
  readonly #columns: readonly ParquetColumn[];
  readonly #leads: number;
  readonly #file: ParquetFile;
  readonly #end: () => void;

  constructor(
    { head, open, part }: Pick<FormatContext, 'head' | 'open' | 'part'>,
    table: TableColumns,
    leads: readonly LeadColumn[],
  ) {
    const answered = [...leads, ...table.columns].map(({ header, kind }) =>
      parquetColumn(header, kind),
    );
    this.#columns = [...answered, parquetColumn(unfitHeader(answered), 'text')];
    this.#leads = leads.length;
    const name = table.scope.name === '' ? '' : `.${table.scope.name}`;
    const number = part === undefined ? '' : `-${String(part).padStart(5, '0')}`;
    const sink = open(`${head.dataset}${name}${number}.parquet`, parquetMediaType);
    const file = new ParquetFile(sink, this.#columns);
    this.#file = file;
    this.#end = () => {
      file.end(aboutOf(head, table, part));
      sink.rows = file.rows;
    };
  }

  get rows(): number {
    return this.#file.rows;
  }

  add(row: AudienceRow): void {
    const last = this.#columns.length - 1;
    let unfit = '';
    for (let index = 0; index < last; index += 1) {
      const isLead = index < this.#leads;
      const value = isLead ? row.leads[index]?.value : row.value(index - this.#leads);
      if (this.#file.add(index, value) || isLead) continue;
      const name = this.#columns[index]?.name ?? '';
      unfit += `${unfit === '' ? '{' : ','}${jsonText(name)}:${JSON.stringify(value)}`;
    }
    this.#file.add(last, unfit === '' ? undefined : `${unfit}}`);
    this.#file.endRow();
  }

  end(): void {
    this.#end();
  }
}

/** When a row group is written. */
interface GroupLimits {
  /** Bytes of memory that its values take, about. */
  readonly bytes: number;
  readonly rows: number;
}

const usual: GroupLimits = { bytes: 16 * 1024 * 1024, rows: 100_000 };

/**
 * A Parquet file in the making. Memory holds one row group, and about a kilobyte for each column of those
 * that were written.
 */
export class ParquetFile {
  rows = 0;
  readonly #columns: readonly ParquetColumn[];
  readonly #limits: GroupLimits;
  readonly #writer: ParquetWriter;
  #data: unknown[][];
  #groupRows = 0;
  #bytes = 0;

  constructor(
    sink: Pick<FileSink, 'writeBytes'>,
    columns: readonly ParquetColumn[],
    limits = usual,
  ) {
    this.#columns = columns;
    this.#limits = limits;
    this.#data = columns.map(() => []);
    const elements = columns.flatMap((column) => column.elements);
    const root = { name: 'schema', num_children: columns.length };
    this.#writer = new ParquetWriter({ writer: new SinkWriter(sink), schema: [root, ...elements] });
  }

  /** The row's value of a column; undefined: it has none. False: it is no such value, and null stands for it. */
  add(column: number, value: JsonValue | undefined): boolean {
    const known = value === undefined ? undefined : this.#columns[column]?.read(value);
    this.#data[column]?.push(known);
    this.#bytes += sizeOf(known);
    return known !== undefined || value === undefined;
  }

  /** Ends a row of which every column has been given its value. */
  endRow(): void {
    this.rows += 1;
    this.#groupRows += 1;
    const { bytes, rows } = this.#limits;
    if (this.#bytes >= bytes || this.#groupRows === rows) this.#writeGroup();
  }

  end(about: readonly KeyValue[]): void {
    if (this.#groupRows > 0) this.#writeGroup();
    this.#writer.kvMetadata = [...about];
    void this.#writer.finish();
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ name, bounds }, column) => ({
      name,
      data: this.#data[column] ?? [],
      statistics: bounds,
      offsetIndex: false,
    }));
    void this.#writer.write({ columnData, rowGroupSize: this.#groupRows });
    this.#data = this.#columns.map(() => []);
    this.#groupRows = 0;
    this.#bytes = 0;
  }
}

/** Bytes that a value takes in memory, about. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 32 + value.length;
  if (typeof value === 'object') return 4 * JSON.stringify(value).length;
  return value === undefined ? 8 : 24;
}

/** Hands on what was written at the end of each row group, and at the end of the file. */
class SinkWriter extends ByteWriter {
  readonly #sink: Pick<FileSink, 'writeBytes'>;

  constructor(sink: Pick<FileSink, 'writeBytes'>) {
    super();
    this.#sink = sink;
  }

  flush(): void {
    this.#sink.writeBytes(this.getBytes().slice());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}

/** A question may be called so, too. */
function unfitHeader(columns: readonly ParquetColumn[]): string {
  const taken = new Set(columns.map(({ name }) => name));
  let header = '_unfit';
  while (taken.has(header)) header = `_${header}`;
  return header;
}

/**
 * What the file says of itself: the head, and what its columns are called in each language. The version of
 * public files is known with the last record: files of one part are whole before.
 */
function aboutOf(
  head: DatasetHead,
  { columns }: TableColumns,
  part: number | undefined,
): readonly KeyValue[] {
  const labels = columns
    .filter(({ label }) => label.size > 0)
    .map(({ header, label }) => [header, Object.fromEntries(label)] as const);
  return [
    { key: 'dataset', value: head.dataset },
    ...(part === undefined
      ? [
          { key: 'version', value: head.version },
          { key: 'cutOff', value: head.cutOff },
        ]
      : []),
    { key: 'title', value: JSON.stringify(head.title) },
    ...(head.license === null ? [] : [{ key: 'license', value: head.license }]),
    { key: 'labels', value: JSON.stringify(Object.fromEntries(labels)) },
  ];
}

import type { DatasetHead } from '../versions/version-place.ts';
import type { KeyValue } from 'hyparquet-writer';
import { jsonText } from '../rows/cell-text.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { repeatLeads, type AudienceRow, type LeadColumn } from '../rows/audience-row.ts';
import type { Format, FormatContext } from './format.ts';
import { parquetColumn, type ParquetColumn } from './parquet-column.ts';
import { ParquetFile } from './parquet-file.ts';

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
  readonly #fixed: readonly ParquetColumn[];
  readonly #answers: readonly ParquetColumn[];
  readonly #unfit: ParquetColumn;
  readonly #file: ParquetFile;
  readonly #end: () => void;

  constructor(
    { head, open, part }: Pick<FormatContext, 'head' | 'open' | 'part'>,
    table: TableColumns,
    fixed: readonly LeadColumn[],
  ) {
    const column = ({ header, kind }: LeadColumn): ParquetColumn => parquetColumn(header, kind);
    this.#fixed = fixed.map(column);
    this.#answers = table.columns.map(column);
    this.#unfit = parquetColumn(unfitHeader([...this.#fixed, ...this.#answers]), 'text');
    const name = table.scope.name === '' ? '' : `.${table.scope.name}`;
    const number = part === undefined ? '' : `-${String(part).padStart(5, '0')}`;
    const sink = open(`${head.dataset}${name}${number}.parquet`, parquetMediaType);
    const columns = [...this.#fixed, ...this.#answers, this.#unfit];
    const file = new ParquetFile(sink, columns, () => aboutOf(head, table, part));
    this.#file = file;
    this.#end = () => {
      file.end();
      sink.rows = file.rows;
    };
  }

  get rows(): number {
    return this.#file.rows;
  }

  add(row: AudienceRow): void {
    const { leads } = row;
    for (let index = 0; index < leads.length; index += 1) {
      this.#fixed[index]?.add(leads[index]?.value);
    }
    let unfit = '';
    for (let index = 0; index < this.#answers.length; index += 1) {
      const value = row.value(index);
      const column = this.#answers[index];
      if (column === undefined || column.add(value)) continue;
      unfit += `${unfit === '' ? '{' : ','}${jsonText(column.name)}:${JSON.stringify(value)}`;
    }
    this.#unfit.add(unfit === '' ? undefined : `${unfit}}`);
    this.#file.endRow();
  }

  end(): void {
    this.#end();
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

import { csvField } from '../cell-text.ts';
import type { FileSink } from '../file-sink.ts';
import type { Instance } from '../instance.ts';
import type { TableColumns, View } from '../view.ts';
import type { Format, FormatWriter, MetaColumn } from './format.ts';

export const csvMediaType = 'text/csv; charset=utf-8';
/** Without it Excel takes UTF-8 for something else. */
export const byteOrderMark = '\ufeff';

/** CSV as in RFC 4180, for spreadsheets: a table for the records and one for each repeat. */
export const csv: Format = {
  name: 'csv',
  open: ({ head, tables, open }) => {
    const file = (table: TableColumns, fixed: readonly string[]): Table => {
      const name = table.scope.name === '' ? '' : `.${table.scope.name}`;
      const sink = open(`${head.dataset}${name}.csv`, csvMediaType);
      sink.write(
        `${byteOrderMark}${csvRow([...fixed, ...table.columns.map(({ header }) => header)])}`,
      );
      return { sink, table };
    };
    const main = file(
      tables.main,
      tables.meta.map(({ header }) => header),
    );
    const repeats = new Map(
      tables.repeats.map((table) => [table.scope, file(table, ['id', 'parent_id', 'index'])]),
    );
    return writer(main, repeats, tables.meta);
  },
};

interface Table {
  readonly sink: FileSink;
  readonly table: TableColumns;
}

function writer(
  main: Table,
  repeats: ReadonlyMap<Instance['scope'], Table>,
  meta: readonly MetaColumn[],
): FormatWriter {
  const writeRepeats = (instance: Instance, id: string, view: View): void => {
    for (const rows of instance.repeats) {
      for (const [index, row] of rows.entries()) {
        const rowId = `${id}/${index + 1}`;
        const table = repeats.get(row.scope);
        if (table === undefined || !view.repeats.has(row.scope)) continue;
        table.sink.write(`${rowId},${id},${index + 1}${cellsOf(row, view)}\r\n`);
        table.sink.rows += 1;
        if (row.repeats.length > 0) writeRepeats(row, rowId, view);
      }
    }
  };
  return {
    row: (row) => {
      let line = '';
      for (const { csv: cell } of meta) line += line === '' ? cell(row) : `,${cell(row)}`;
      main.sink.write(`${line}${cellsOf(row.instance, row.view)}\r\n`);
      main.sink.rows += 1;
      if (row.instance.repeats.length > 0) writeRepeats(row.instance, row.id, row.view);
    },
    end: () => main.sink.rows,
  };
}

/** The cells that a view selects, each after a comma: made once, however many audiences see the same. */
function cellsOf(instance: Instance, view: View): string {
  const selection = view.selections.get(instance.scope);
  if (selection === undefined) return '';
  const made = instance.lines[selection.id];
  if (made !== undefined) return made;
  const { csv: cells } = instance;
  let line = '';
  for (const slot of selection.slots) line += `,${cells[slot] ?? ''}`;
  return (instance.lines[selection.id] = line);
}

/** A line of plain texts, such as headers. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvField).join(',')}\r\n`;
}

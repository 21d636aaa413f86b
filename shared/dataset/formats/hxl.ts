import { labelledHeaders } from '../rows/column-labels.ts';
import { tagOf, type HxlTag } from '../rows/hxl-tags.ts';
import type { FileLanguage } from '../rows/file-languages.ts';
import type { Scope } from '../rows/layout.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import type { AnswerCells, AudienceTables } from '../rows/audience-row.ts';
import { byteOrderMark, csvMediaType, csvRow } from './csv-format.ts';
import { languagesFrom, variantCells, type VariantCells } from './csv-variants.ts';
import { FlatLines } from './csv-flat.ts';
import { type Format, recordsBefore } from './format.ts';

export function hxlName(dataset: string): string {
  return `${dataset}.hxl.csv`;
}

/**
 * CSV with a row of hashtags under the headers (HXL 1.1), of forms whose questions carry tags: those
 * questions alone, choices by their labels, or by codes where the tag says `+code`. Tags in a repeat
 * give a line for each of its rows. `#contact` is for the coordinator's eyes: such files are made to
 * be passed on.
 */
export const hxl: Format = {
  name: 'hxl',
  inParts: 'append',
  open: ({ head, tables, open, resumed }) => {
    const tagged = hxlTables(tables);
    if (tagged.every(({ columns }) => columns.length === 0)) return undefined;
    const sink = open(hxlName(head.dataset), csvMediaType);
    const columns = tagged.flatMap((table) => table.columns);
    const headers = labelledHeaders(
      columns.map(({ column }) => column),
      languagesFrom(preferred(tables), tables.languages),
      ['id'],
    );
    sink.write(byteOrderMark + csvRow(['id', ...headers]));
    sink.write(csvRow(['#meta+id', ...columns.map(({ tag }) => tag)]));
    const [main, ...repeats] = tagged;
    const lines = new FlatLines(
      repeats.map((table) => ({
        table: table.number,
        cells: (row) => cellsOf(table, row),
        blank: ','.repeat(table.columns.length),
      })),
    );
    let records = recordsBefore(resumed);
    return {
      row: (record) => {
        records += 1;
        const shared = main === undefined ? '' : cellsOf(main, record);
        lines.of(record, (rowId, cells) => {
          sink.write(`${rowId}${shared}${cells}\r\n`);
          sink.rows += 1;
        });
      },
      save: () => records,
      end: () => records,
    };
  },
};

interface HxlTable {
  readonly number: number;
  readonly scope: Scope;
  readonly columns: readonly HxlColumn[];
}

interface HxlColumn {
  readonly column: Column;
  /** `#adm1+code`. */
  readonly tag: string;
  /** Its place in the table. */
  readonly index: number;
  readonly cells: VariantCells | undefined;
}

/** The records, then the repeats that have tags or stand around one that has. */
function hxlTables(tables: AudienceTables): readonly HxlTable[] {
  const all = [tables.main, ...tables.repeats].map((table, number) => ({
    number,
    scope: table.scope,
    columns: taggedColumns(table, tables),
  }));
  const isTagged = (scope: Scope): boolean =>
    all.some((table) => table.scope === scope && table.columns.length > 0) ||
    scope.repeats.some(isTagged);
  return all.filter(({ scope }, place) => place === 0 || isTagged(scope));
}

function taggedColumns({ columns }: TableColumns, tables: AudienceTables): readonly HxlColumn[] {
  return columns.flatMap((column, index): HxlColumn[] => {
    const tag = tagOf(column.field.question);
    if (tag === undefined || (tag.base === 'contact' && tables.audience !== 'coordinator'))
      return [];
    const text = hashtag(tag, column);
    const inCodes = tag.attributes.has('code');
    const variant = { language: inCodes ? undefined : preferred(tables), split: false };
    const cells = variantCells(column, variant, tables.languages);
    return text === undefined ? [] : [{ column, tag: text, index, cells }];
  });
}

/** French if the form speaks it. */
function preferred({ languages }: AudienceTables): FileLanguage | undefined {
  return languages.find(({ code }) => code === 'fr') ?? languages[0];
}

const ofPoint = {
  latitude: 'lat',
  longitude: 'lon',
  altitude: 'elevation',
  precision: 'precision',
};
const pointAttributes: ReadonlySet<string> = new Set(['lat', 'lon', 'elevation', 'coord']);

/** Undefined: the cell has no place in HXL. */
function hashtag({ base, attributes }: HxlTag, { cell }: Column): string | undefined {
  if (cell === 'accuracy') return undefined;
  const own = cell === undefined ? [] : [ofPoint[cell]];
  const given = [...attributes].filter((one) => cell === undefined || !pointAttributes.has(one));
  return `#${[base, ...given, ...own].join('+')}`;
}

/** Each after a comma. */
function cellsOf({ columns }: HxlTable, row: AnswerCells): string {
  let line = '';
  for (const { index, cells } of columns) {
    const plain = row.csv(index);
    line += cells === undefined ? `,${plain}` : cells(row.value(index), plain);
  }
  return line;
}

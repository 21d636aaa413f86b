import type { DatasetHead } from '../versions/version-place.ts';
import { type Audience, audiences } from '../../form/model.ts';
import { filesFor } from '../build/form-dataset.ts';
import type { FormatWriter } from '../formats/format.ts';
import { descriptions, formats } from '../formats/formats.ts';
import { PublishError, type VersionWriter } from '../versions/version-writer.ts';
import {
  AudienceRow,
  type LeadCell,
  tableNumbers,
  type AudienceTables,
} from '../rows/audience-row.ts';
import { recordTexts } from '../formats/record-texts.ts';
import { PublicHead, tablesText } from '../versions/public-head.ts';
import { compileForm } from '../../form/compile/compile-form.ts';
import type { JsonObject } from '../../json.ts';
import type { Bilingual } from '../../text.ts';
import { csvText, jsonText } from '../rows/cell-text.ts';
import { fileLanguages } from '../rows/file-languages.ts';
import { Instance } from '../rows/row-instance.ts';
import { layoutOf } from '../rows/layout.ts';
import { readerOf } from '../rows/answer-reader.ts';
import { Selections, tablesOf, viewOf } from '../rows/audience-view.ts';

/** A table of a dataset that is made from several forms. */
interface DerivedTable {
  readonly head: DatasetHead;
  readonly audience: Audience;
  /** Headers of what comes before the columns. */
  readonly about: readonly string[];
  readonly columns: readonly DerivedColumn[];
  /** The same in CSV, where other columns came first; absent: as above. */
  readonly csv?: Pick<DerivedTable, 'about' | 'columns'>;
  /** Formats that the dataset writes in a way of its own. */
  readonly own: ReadonlySet<string>;
}

/** The files of a derived table, in every format of forms' datasets. */
export class TableFiles {
  readonly #table: DerivedTable;
  readonly #files: VersionWriter;
  readonly #outputs: readonly { readonly shape: TableShape; readonly writers: FormatWriter[] }[];
  #rows = 0;

  constructor(files: VersionWriter, table: DerivedTable) {
    const { head, audience } = table;
    const shapeOf = ({ about, columns }: Pick<DerivedTable, 'about' | 'columns'>): TableShape =>
      tableShape(head.dataset, audience, about, columns);
    const main = shapeOf(table);
    const csv = table.csv === undefined ? main : shapeOf(table.csv);
    const wanted = formats.filter(({ name }) => !table.own.has(name));
    const isCsv = (name: string): boolean => name.startsWith('csv');
    this.#table = table;
    this.#files = files;
    // Descriptions give the order of columns, which matters in CSV alone: its shape is the first.
    this.#outputs = [
      { shape: csv, writers: [] },
      { shape: main, writers: [] },
    ];
    for (const { name, open } of wanted) {
      const output = this.#outputs[isCsv(name) ? 0 : 1];
      const writer = open({
        head,
        tables: isCsv(name) ? csv.tables : main.tables,
        ...this.#opened,
      });
      if (writer !== undefined) output?.writers.push(writer);
    }
  }

  get #opened(): ReturnType<typeof filesFor> {
    return filesFor(this.#files, this.#table.audience);
  }

  row(row: DerivedRow): void {
    this.#rows += 1;
    for (const { shape, writers } of this.#outputs) {
      const shown = shape.rowOf(row);
      this.#sign(shape, shown);
      for (const writer of writers) writer.row(shown);
    }
  }

  /** Which version it is of the public files, their rows decide: those of the table that has all columns. */
  #sign({ tables }: TableShape, shown: AudienceRow): void {
    const { head } = this.#table;
    if (!(head instanceof PublicHead) || tables !== this.#outputs[1]?.shape.tables) return;
    if (this.#rows === 1) head.sign(tablesText(tables));
    head.sign(recordTexts(tables).of(shown));
  }

  async drained(): Promise<void> {
    for (const { writers } of this.#outputs) {
      for (const writer of writers) await writer.drained?.();
    }
  }

  /** Ends every file, those of the dataset's own, too, and says how many rows each has. Throws PublishError. */
  async end(): Promise<number> {
    const { audience, head } = this.#table;
    for (const { writers } of this.#outputs) {
      for (const writer of writers) {
        const written = await writer.end();
        if (written !== this.#rows) {
          throw new PublishError(`A file for ${audience} has ${written} rows of ${this.#rows}.`);
        }
      }
    }
    const entries = await this.#files.complete(audience);
    const [output] = this.#outputs;
    for (const describe of descriptions) {
      if (output === undefined) continue;
      describe({ head, tables: output.shape.tables, ...this.#opened }, entries);
    }
    return this.#rows;
  }
}

/** A column of a table that no form asks for. `name` is its header. */
export interface DerivedColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'decimal' | 'date';
  readonly label: Bilingual;
}

/** A row of such a table. */
interface DerivedRow {
  readonly id: string;
  /** Columns before the others that say where the row is from, by header. */
  readonly about: Readonly<Record<string, string>>;
  /** By column; what is missing is empty. */
  readonly cells: JsonObject;
}

/** A table as the formats of forms' datasets take it. */
interface TableShape {
  readonly tables: AudienceTables;
  readonly rowOf: (row: DerivedRow) => AudienceRow;
}

/**
 * Dresses a table as the dataset of a form that asks one question a column, so that every format can
 * write it. Who may see what was decided when its rows were made: all of it is shown to `audience`.
 * `about`: headers of what comes before the columns; `id` may be one of them.
 */
function tableShape(
  datasetId: string,
  audience: Audience,
  about: readonly string[],
  columns: readonly DerivedColumn[],
): TableShape {
  const { asStored: model } = compileForm(
    datasetId,
    {
      survey: columns.map(({ name, type, label }) => ({
        type,
        name,
        'label::Français (fr)': label.fr,
        'label::English (en)': label.en,
      })),
      choices: [],
      settings: { form_title: datasetId, version: '1', default_language: 'fr' },
    },
    new Map(),
  );
  const layout = layoutOf([model]);
  const [widest = audience] = audiences.toReversed();
  const view = viewOf(model, layout, widest, new Selections());
  const [main] = tablesOf(layout, widest);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const read = readerOf(model, layout);
  const instance = new Instance(layout);
  // A form's question may not be called as a column about the record is; here there are no such columns.
  const named = main.columns.map((column) => ({ ...column, header: column.field.key }));
  const tables: AudienceTables = {
    audience,
    meta: about.map((header) => ({
      header,
      member: header,
      kind: header === 'id' ? 'text' : 'code',
    })),
    main: { ...main, columns: named },
    repeats: [],
    numbers: tableNumbers([main]),
    languages: fileLanguages(['fr', 'en']),
    geometryScope: undefined,
  };
  return {
    tables,
    rowOf: (row) => {
      instance.clear();
      read(row.cells, instance);
      return AudienceRow.ofRecord({
        tables,
        id: row.id,
        instance,
        view,
        leads: about.map((header) =>
          leadCell(header === 'id' ? row.id : (row.about[header] ?? '')),
        ),
        stored: audience === 'coordinator' ? JSON.stringify(row.cells) : undefined,
      });
    },
  };
}

function leadCell(value: string): LeadCell {
  return { value, csv: csvText(value), json: jsonText(value) };
}

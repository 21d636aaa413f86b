import { compileForm } from '../../form/compile/compile-form.ts';
import { audiences, type Audience } from '../../form/model.ts';
import type { JsonObject } from '../../json.ts';
import type { Bilingual } from '../../text.ts';
import { csvText, jsonText } from '../rows/cell-text.ts';
import { fileLanguages } from '../rows/file-languages.ts';
import {
  AudienceRow,
  type LeadCell,
  tableNumbers,
  type AudienceTables,
} from '../rows/audience-row.ts';
import { Instance } from '../rows/instance.ts';
import { layoutOf } from '../rows/layout.ts';
import { readerOf } from '../rows/read-answers.ts';
import { Selections, tablesOf, viewOf } from '../rows/view.ts';

/** A column of a table that no form asks for. `name` is its header. */
export interface DerivedColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'decimal' | 'date';
  readonly label: Bilingual;
}

/** A row of such a table. */
export interface DerivedRow {
  readonly id: string;
  /** Columns before the others that say where the row is from, by header. */
  readonly about: Readonly<Record<string, string>>;
  /** By column; what is missing is empty. */
  readonly cells: JsonObject;
}

/** A table as the formats of forms' datasets take it. */
export interface TableShape {
  readonly tables: AudienceTables;
  readonly rowOf: (row: DerivedRow) => AudienceRow;
}

/**
 * Dresses a table as the dataset of a form that asks one question a column, so that every format can
 * write it. Who may see what was decided when its rows were made: all of it is shown to `audience`.
 * `about`: headers of what comes before the columns; `id` may be one of them.
 */
export function tableShape(
  datasetId: string,
  audience: Audience,
  about: readonly string[],
  columns: readonly DerivedColumn[],
): TableShape {
  const { asStored: model } = compileForm(
    datasetId,
    {
      survey: columns.map(({ name, type, label }) => ({
        ...{ type, name },
        ...{ 'label::Français (fr)': label.fr, 'label::English (en)': label.en },
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
      ...{ header, member: header },
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
        ...{ tables, id: row.id, instance, view },
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

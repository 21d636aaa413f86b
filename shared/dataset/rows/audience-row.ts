import type { Audience } from '../../form/model.ts';
import type { FileLanguage } from './file-languages.ts';
import type { JsonValue } from '../../json.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';
import { type Instance, nestedAnswers } from './row-instance.ts';
import type { Scope } from './layout.ts';
import type { Selection, TableColumns, View } from './audience-view.ts';

/** A cell that stands before those of the answers. */
export interface LeadCell {
  /** Undefined: it is not shown. */
  readonly value: string | number | undefined;
  readonly csv: string;
  readonly json: string;
}

/** A column of such cells. */
export interface LeadColumn {
  readonly header: string;
  readonly kind: ColumnKind;
}

/** The lead columns of every repeat's table. */
export const repeatLeads = [
  { header: 'id', kind: 'text' },
  { header: 'parent_id', kind: 'text' },
  { header: 'index', kind: 'integer' },
] as const satisfies readonly LeadColumn[];

/** Which tables an audience has: their numbers, 0 for the records, and the one whose rows have places. */
export interface RowTables {
  readonly numbers: ReadonlyMap<Scope, number>;
  readonly geometryScope: Scope | undefined;
}

/** What a record's row is made of. */
export interface RecordSource {
  readonly tables: RowTables;
  /** The record's id as the audience knows it. */
  readonly id: string;
  /** In the order of the tables' `meta`. */
  readonly leads: readonly LeadCell[];
  readonly instance: Instance;
  readonly view: View;
  /** The answers as they were stored, for an audience that sees all of them; undefined: those of the view. */
  readonly stored?: string | undefined;
}

/** The cells of a row's answers, by the place of their columns in the table. */
export type AnswerCells = Pick<AudienceRow, 'value' | 'csv'>;

/**
 * A row of one table as an audience sees it, and all that a format is handed of a record: what others
 * may see of it cannot be reached from here. Good until the next record is read; asked for anything
 * later, it throws a TypeError.
 */
export class AudienceRow {
  /** The number of its table: 0 the records, n the repeat at n - 1. */
  readonly table: number;
  /** The record's id, or `<record>/<index>` with an index for each repeat around the row. */
  readonly id: string;
  /** Of the row around it; '': this is the record. */
  readonly parentId: string;
  /** From 1 among the rows of its parent's repeat; 0: this is the record. */
  readonly index: number;
  readonly #tables: RowTables;
  readonly #instance: Instance;
  /** Which filling of the instance it is of. */
  readonly #filling: number;
  readonly #view: View;
  readonly #selection: Selection;
  readonly #stored: string | undefined;
  #leads: readonly LeadCell[] | undefined;
  #leadLine: string | undefined;
  #children: readonly AudienceRow[] | undefined;
  #rows: readonly AudienceRow[] | undefined;
  #answersJson: string | undefined;

  private constructor(
    {
      tables,
      id,
      leads,
      instance,
      view,
      stored,
    }: Omit<RecordSource, 'leads'> & {
      readonly leads?: RecordSource['leads'];
    },
    { table, parentId, index }: Pick<AudienceRow, 'table' | 'parentId' | 'index'>,
  ) {
    const selection = view.selections.get(instance.scope);
    if (selection === undefined) throw new TypeError('A row is of no table that the view shows.');
    this.table = table;
    this.id = id;
    this.parentId = parentId;
    this.index = index;
    this.#tables = tables;
    this.#instance = instance;
    this.#filling = instance.filling;
    this.#view = view;
    this.#selection = selection;
    this.#stored = stored;
    this.#leads = leads;
  }

  static ofRecord(source: RecordSource): AudienceRow {
    return new AudienceRow(source, { table: 0, parentId: '', index: 0 });
  }

  /** The cells before those of the answers: of a record's metadata, or of `repeatLeads`. */
  get leads(): readonly LeadCell[] {
    const { id, parentId, index } = this;
    // Ids hold nothing that CSV or JSON would have to escape: see ids.ts.
    return (this.#leads ??= [
      { value: id, csv: id, json: `"${id}"` },
      { value: parentId, csv: parentId, json: `"${parentId}"` },
      { value: index, csv: String(index), json: String(index) },
    ]);
  }

  /** Those cells in CSV, parted by commas. */
  leadLine(): string {
    return (this.#leadLine ??= this.leads.map(({ csv }) => csv).join(','));
  }

  /** The answer in this column of the table; undefined: none. */
  value(column: number): JsonValue | undefined {
    return this.#cells.values[this.#slotOf(column)];
  }

  /** Its cell in CSV; '': none. */
  csv(column: number): string {
    return this.#cells.csv[this.#slotOf(column)] ?? '';
  }

  /** The same as a JSON value; '': none. */
  json(column: number): string {
    return this.#cells.json[this.#slotOf(column)] ?? '';
  }

  /** The cells of all answers in CSV, each after a comma: made once, however many audiences see the same. */
  csvLine(): string {
    const { lines, csv } = this.#cells;
    const { id, slots } = this.#selection;
    const made = lines[id];
    if (made !== undefined) return made;
    let line = '';
    for (const slot of slots) line += `,${csv[slot] ?? ''}`;
    return (lines[id] = line);
  }

  /** What `make` makes of the row's answers; once for all audiences that see the same. */
  lineBy(make: (cells: AnswerCells) => string): string {
    const { variantLines: lines } = this.#cells;
    const before = lines.get(make);
    if (before?.selection === this.#selection.id) return before.line;
    const line = make(this);
    lines.set(make, { selection: this.#selection.id, line });
    return line;
  }

  /** The rows right below it, of the repeats that the audience sees: repeat after repeat, in order. */
  get children(): readonly AudienceRow[] {
    return (this.#children ??= this.#makeChildren());
  }

  /** The row and all below it, each before its children: the walk over a record for every format. */
  get rows(): readonly AudienceRow[] {
    const { children } = this;
    return (this.#rows ??=
      children.length === 0 ? [this] : [this, ...children.flatMap(({ rows }) => rows)]);
  }

  /**
   * In the table of the form's place: its GeoJSON geometry, and how exact it is, as JSON; '': none.
   * Undefined in other tables.
   */
  geometry(): { readonly json: string; readonly precision: string } | undefined {
    const { json, scope } = this.#cells;
    if (scope !== this.#tables.geometryScope) return undefined;
    const { slot, precision } = this.#view.geometry;
    return { json: json[slot] ?? '', precision: json[precision] ?? '' };
  }

  /** Of a record: the answers as JSON, nested as they were sent. */
  answersJson(): string {
    const instance = this.#cells;
    return (this.#answersJson ??= this.#stored ?? nestedAnswers(this.#view.members, instance));
  }

  get #cells(): Instance {
    const instance = this.#instance;
    // The next record's cells stand in the same place: they may be none of this audience's.
    if (instance.filling !== this.#filling) throw new TypeError('Another record has been read.');
    return instance;
  }

  #slotOf(column: number): number {
    return this.#selection.slots[column] ?? 0;
  }

  #makeChildren(): readonly AudienceRow[] {
    const { repeats } = this.#cells;
    if (repeats.length === 0) return none;
    const children: AudienceRow[] = [];
    const [tables, view, parentId] = [this.#tables, this.#view, this.id];
    for (const rows of repeats) {
      const [first] = rows;
      if (first === undefined || !view.repeats.has(first.scope)) continue;
      const table = tables.numbers.get(first.scope);
      if (table === undefined) throw new TypeError('A view shows a repeat that has no table.');
      for (let index = 1; index <= rows.length; index += 1) {
        const instance = rows[index - 1] ?? first;
        const source = { tables, id: `${parentId}/${index}`, instance, view };
        children.push(new AudienceRow(source, { table, parentId, index }));
      }
    }
    return children;
  }
}

const none: readonly AudienceRow[] = [];

/** Columns about the record itself, before those of the questions: their cells are a row's `leads`. */
export interface MetaColumn extends LeadColumn {
  /** What it is called in JSON. */
  readonly member: string;
}

/** A dataset as one audience sees it. */
export interface AudienceTables extends RowTables {
  readonly audience: Audience;
  readonly meta: readonly MetaColumn[];
  readonly main: TableColumns;
  readonly repeats: readonly TableColumns[];
  /** The form's languages, its default one first: one at least. */
  readonly languages: readonly FileLanguage[];
  /** The scope of the form's place: one feature for each of its rows; undefined: nothing to map. */
  readonly geometryScope: Scope | undefined;
  /** Fingerprint of the keyring in the order of whose public ids the rows come; absent: in another order. */
  readonly keys?: string;
}

/** The numbers of tables, by what they are of. */
export function tableNumbers(tables: readonly TableColumns[]): ReadonlyMap<Scope, number> {
  return new Map(tables.map(({ scope }, number) => [scope, number]));
}

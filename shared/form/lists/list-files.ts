import { type Row, cellText, rowNumber, type FormDefinition } from '../definition.ts';
import { type FileNeeds, listExtension, listNameOf } from './form-files.ts';
import type { CellPlace, FormIssues } from '../form-issues.ts';
import type { Choice, ChoiceList, Media } from '../model.ts';

/** Rows of list files, by file name. */
export type FileRows = ReadonlyMap<string, readonly Row[]>;

const noMedia: Media = new Map();

interface ListFile {
  readonly file: string;
  readonly place: CellPlace;
  /** Undefined: the file is not there. */
  readonly rows: readonly Row[] | undefined;
  readonly columns: ReadonlySet<string>;
  readonly lists: Map<string, ChoiceList>;
}

/** The list files of one form: those that it names, with their rows if they are there. */
export class ListFiles {
  readonly #rows: (file: string) => readonly Row[] | undefined;
  readonly #needs: FileNeeds;
  readonly #issues: FormIssues;
  readonly #defaultLanguage: string;
  /** By the name that instance('…') gives them. */
  readonly #files = new Map<string, ListFile>();

  constructor(
    rows: (file: string) => readonly Row[] | undefined,
    options: { needs: FileNeeds; issues: FormIssues; defaultLanguage: string },
  ) {
    this.#rows = rows;
    this.#needs = options.needs;
    this.#issues = options.issues;
    this.#defaultLanguage = options.defaultLanguage;
  }

  /** Notes that the form reads this file. Two files of one name, but for the extension, are an error. */
  need(file: string, place: CellPlace): void {
    const name = listNameOf(file);
    const known = this.#files.get(name);
    if (known !== undefined) {
      if (known.file !== file) this.#issues.add('list-name-taken', place, file, known.file);
      return;
    }
    this.#needs.add(file, 'list', place);
    const rows = this.#rows(file);
    if (rows === undefined) this.#issues.add('missing-file', place, file);
    const columns = new Set((rows ?? []).flatMap((row) => Object.keys(row)));
    this.#files.set(name, { file, place, rows, columns, lists: new Map() });
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /**
   * The list that a select has from a file, for `value` and `label` columns. A column that the file
   * lacks is an error, reported at `place`.
   */
  listOf(
    file: string,
    parameters: ReadonlyMap<string, string>,
    place: CellPlace,
  ): ChoiceList | undefined {
    const found = this.#files.get(listNameOf(file));
    if (found === undefined) return undefined;
    const defaults = defaultColumns(file);
    const value = parameters.get('value') ?? defaults.value;
    const label = parameters.get('label') ?? defaults.label;
    for (const column of new Set([value, label])) {
      if (found.columns.size === 0 || found.columns.has(column)) continue;
      this.#issues.add(
        'unknown-file-column',
        place,
        `${file}: ${column}`,
        [...found.columns].join(', '),
      );
    }
    return this.#list(found, value, label);
  }

  /** Every list file as a list, by the name that expressions give it. */
  lists(): ReadonlyMap<string, ChoiceList> {
    return new Map(
      [...this.#files].map(([name, found]) => {
        const [first] = found.lists.values();
        const { value, label } = defaultColumns(found.file);
        return [name, first ?? this.#list(found, value, label)];
      }),
    );
  }

  /** The rows that were used, by file, for the definition to keep; undefined if there are none. */
  used(): Record<string, Row[]> | undefined {
    const used = [...this.#files.values()].flatMap(({ file, rows }): [string, Row[]][] =>
      rows === undefined ? [] : [[file, [...rows]]],
    );
    return used.length === 0 ? undefined : Object.fromEntries(used);
  }

  #list(found: ListFile, valueColumn: string, labelColumn: string): ChoiceList {
    const key = JSON.stringify([valueColumn, labelColumn]);
    const known = found.lists.get(key);
    if (known !== undefined) return known;
    const choices = (found.rows ?? []).map((row): Choice => {
      const columns = new Map<string, string>();
      for (const [column, cell] of Object.entries(row)) columns.set(column, cellText(cell));
      const label = columns.get(labelColumn);
      return {
        name: columns.get(valueColumn) ?? '',
        label: new Map(label === undefined ? [] : [[this.#defaultLanguage, label]]),
        columns,
        media: noMedia,
      };
    });
    const byName = new Map<string, Choice>();
    for (const choice of choices) {
      if (choice.name !== '' && !byName.has(choice.name)) byName.set(choice.name, choice);
    }
    const { file } = found;
    const list = { name: listNameOf(file), file, valueColumn, labelColumn, choices, byName };
    found.lists.set(key, list);
    return list;
  }
}

/** The columns that hold codes and labels unless `parameters` says otherwise, as phones have it. */
function defaultColumns(file: string): { readonly value: string; readonly label: string } {
  return listExtension(file) === 'geojson'
    ? { value: 'id', label: 'title' }
    : { value: 'name', label: 'label' };
}

/** A list that an expression reads: `instance('regions')/root/item[…]`, `pulldata('regions', …)`. */
export interface ListRead {
  readonly name: string;
  /** By pulldata(), which names a CSV file where no list has the name. */
  readonly pulled: boolean;
  readonly place: CellPlace;
}

/** Curly quotes too: expressions are read as if they were straight. */
const mention = /(instance|pulldata)\(\s*['"‘’“”]([^'"‘’“”]{1,200})['"‘’“”]/g;

/**
 * The lists that some cell seems to read, each once. Looked for in the bare text, because lists must
 * be known before expressions are parsed; a false find in a label inlines a vocabulary too many.
 */
export function listsRead(definition: FormDefinition): readonly ListRead[] {
  const reads = new Map<string, ListRead>();
  const sheets = [
    ['survey', definition.survey],
    ['settings', [definition.settings]],
  ] as const;
  for (const [sheet, rows] of sheets) {
    for (const [index, row] of rows.entries()) {
      for (const [column, cell] of Object.entries(row)) {
        if (typeof cell !== 'string' || !cell.includes('(')) continue;
        for (const [, how = '', name = ''] of cell.matchAll(mention)) {
          const pulled = how === 'pulldata';
          const key = `${how} ${name}`;
          if (reads.has(key)) continue;
          reads.set(key, { name, pulled, place: { sheet, row: rowNumber(index), column } });
        }
      }
    }
  }
  return [...reads.values()];
}

import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { Fault } from '../../fault.ts';
import { parseXml, XmlError, type XmlReader } from '../../parse-xml.ts';
import type { Bilingual } from '../../text.ts';
import { maxRows, type Row } from '../definition.ts';
import { listExtension, type ListExtension } from '../lists/form-files.ts';

/** The largest list file that is read, in bytes: room for 20,000 rows of 250 bytes each. */
export const maxListFileBytes = 5_000_000;

/** More columns than anyone reads: what is wider is no list of choices. */
const maxColumns = 200;
/** As a cell of a workbook, in UTF-16 code units. */
const maxCellLength = 32_767;

type Reader = (name: string, text: string, rows: ListRows) => void;

const readers: Readonly<Record<ListExtension, Reader>> = {
  csv: readCsvList,
  xml: readXmlList,
  geojson: readGeoJsonList,
};

/** What neither XML nor a spreadsheet can hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * The rows of a list file: CSV (UTF-8, parted by `,` or `;`, a header first), XML (`<root><item>…`) or
 * GeoJSON (a FeatureCollection). Cells are texts, as written. Throws Fault `invalid-form`, with the
 * file as `sheet` and the row (1 is the header).
 */
export function readListFile(name: string, bytes: Uint8Array): Row[] {
  const extension = listExtension(name);
  if (extension === undefined) {
    throw listFault(name, 'bad-list-file', 0, {
      fr: `« ${name} » n’est pas un fichier de liste : il faut un fichier .csv, .xml ou .geojson.`,
      en: `"${name}" is no list file: a .csv, .xml or .geojson file is needed.`,
    });
  }
  if (bytes.length > maxListFileBytes) {
    throw listFault(name, 'list-too-large', 0, {
      fr: `Ce fichier est trop gros : ${maxListFileBytes / 1_000_000} Mo au plus.`,
      en: `This file is too large: at most ${maxListFileBytes / 1_000_000} MB.`,
    });
  }
  const rows = new ListRows(name);
  readers[extension](name, textOf(name, bytes), rows);
  return rows.rows;
}

function textOf(name: string, bytes: Uint8Array): string {
  let text: string | undefined;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = undefined;
  }
  if (text === undefined || unwritable.test(text)) {
    throw listFault(name, 'bad-encoding', 0, {
      fr: 'Ce fichier n’est pas un texte en UTF-8 : dans le tableur, enregistrez-le comme « CSV UTF-8 ».',
      en: 'This file is no text in UTF-8: in the spreadsheet, save it as "CSV UTF-8".',
    });
  }
  return text;
}

/** What is wrong with a list file, where its author will look for it; row 1 is its header, row 0 none. */
function listFault(
  file: string,
  code: string,
  row: number,
  message: Bilingual,
  column = '',
): Fault {
  return new Fault('invalid-form', {
    errors: [{ pointer: '', code, message, at: { sheet: file, row, column } }],
  });
}

/** Gathers the rows of a list file within bounds. Throws Fault `invalid-form`. */
class ListRows {
  readonly rows: Row[] = [];
  readonly #file: string;
  readonly #columns = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Adds a row; empty cells are left out, and a row of nothing else is none. */
  add(cells: Iterable<readonly [column: string, text: string]>): void {
    const row: [string, string][] = [];
    const at = this.rows.length + 2;
    for (const [column, written] of cells) {
      const text = written.trim();
      if (text === '') continue;
      if (text.length > maxCellLength) {
        throw listFault(
          this.#file,
          'cell-too-long',
          at,
          {
            fr: `Cette cellule est trop longue : ${maxCellLength} signes au plus.`,
            en: `This cell is too long: at most ${maxCellLength} characters.`,
          },
          column,
        );
      }
      this.#columns.add(column);
      row.push([column, text]);
    }
    if (row.length === 0) return;
    if (this.rows.length >= maxRows) this.#tooMany('too-many-rows', at, 'lignes', 'rows', maxRows);
    if (this.#columns.size > maxColumns) {
      this.#tooMany('too-many-columns', at, 'colonnes', 'columns', maxColumns);
    }
    // Not by assignment: a column may be called `__proto__`.
    this.rows.push(Object.fromEntries(row));
  }

  #tooMany(code: string, row: number, fr: string, en: string, most: number): never {
    throw listFault(this.#file, code, row, {
      fr: `Ce fichier a trop de ${fr} : ${most} au plus, partagez-le en plusieurs listes.`,
      en: `This file has too many ${en}: at most ${most}, divide it into several lists.`,
    });
  }
}

/** Empty headings too: each row is looked at under every one of them. */
const maxHeadings = 1_000;

const Table = z.array(z.array(z.string()));

/** Adds the rows of a CSV file. Parted by `;` if its header has no comma, as phones read it too. */
function readCsvList(name: string, text: string, rows: ListRows): void {
  const [header = [], ...records] = parseTable(name, text);
  const columns = header.map((column) => column.trim());
  if (columns.length > maxHeadings) {
    throw listFault(name, 'too-many-columns', 1, {
      fr: `Ce fichier a trop de colonnes (${columns.length}) : ${maxHeadings} au plus.`,
      en: `This file has too many columns (${columns.length}): at most ${maxHeadings}.`,
    });
  }
  const twice = columns.find((column, at) => column !== '' && columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw listFault(name, 'duplicate-column', 1, {
      fr: `La colonne « ${twice} » est là deux fois : n’en gardez qu’une.`,
      en: `The column "${twice}" is there twice: keep one.`,
    });
  }
  for (const [index, record] of records.entries()) {
    if (record.slice(columns.length).some((cell) => cell.trim() !== '')) {
      throw listFault(name, 'broken-csv', index + 2, {
        fr: 'Cette ligne a plus de cellules que l’en-tête : mettez entre guillemets droits (") les textes qui ont une virgule.',
        en: 'This row has more cells than the header: put texts that hold a comma between straight quotes (").',
      });
    }
    rows.add(columns.flatMap((column, at) => (column === '' ? [] : [[column, record[at] ?? '']])));
  }
}

function parseTable(name: string, text: string): string[][] {
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const delimiter = !header.includes(',') && header.includes(';') ? ';' : ',';
  try {
    return Table.parse(
      parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true }),
    );
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const row = typeof cause['lines'] === 'number' ? cause['lines'] : 0;
    throw listFault(name, 'broken-csv', row, {
      fr: 'Ce CSV ne se lit pas à cette ligne : vérifiez que chaque guillemet droit (") ouvert est fermé.',
      en: 'This CSV cannot be read on this row: check that each straight quote (") that opens is closed.',
    });
  }
}

/** Adds the rows of an XML list: `<root><item><name>…</name><label>…</label></item>…</root>`. */
function readXmlList(name: string, text: string, rows: ListRows): void {
  const [itemDepth, columnDepth] = [2, 3];
  const misplaced = (): Error => new XmlError('not-well-formed');
  let depth = 0;
  let cells: [string, string][] = [];
  let cell = '';
  const reader: XmlReader = {
    text: (characters) => {
      if (depth === columnDepth) cell += characters;
      else if (characters.trim() !== '') throw misplaced();
    },
    open: (tag) => {
      depth += 1;
      if (depth === itemDepth && tag !== 'item') throw misplaced();
      if (depth === itemDepth) cells = [];
      cell = '';
    },
    close: (tag) => {
      if (depth === columnDepth) cells.push([tag, cell]);
      else if (depth === itemDepth) rows.add(cells);
      depth -= 1;
    },
  };
  try {
    parseXml(text, reader, { depth: columnDepth, attributes: maxColumns });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw listFault(name, 'bad-xml-list', error.line, {
      fr: `Ce XML n’est pas une liste (ligne ${error.line}) : il faut <root><item><name>…</name><label>…</label></item>…</root>, sans DOCTYPE.`,
      en: `This XML is no list (line ${error.line}): <root><item><name>…</name><label>…</label></item>…</root> is needed, without DOCTYPE.`,
    });
  }
}

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Position = z.array(z.number()).min(2).max(4);
/** What phones can read: GeoJSON's other geometries have no text in XForms. */
const Geometry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: Position }),
  z.object({ type: z.literal('LineString'), coordinates: z.array(Position) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(Position)).min(1) }),
]);
const Feature = z.object({
  type: z.literal('Feature'),
  id: z.union([z.string(), z.number()]).optional(),
  geometry: Geometry,
  properties: z.record(z.string(), z.unknown()).nullish(),
});
const Collection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()),
});

/**
 * Adds the features of a GeoJSON file: a column for each property that is a text, number or boolean,
 * `id`, and `geometry` as XForms write places (`lat lon altitude accuracy`, parted by `;`).
 */
function readGeoJsonList(name: string, text: string, rows: ListRows): void {
  const collection = Collection.safeParse(parsed(text));
  if (!collection.success) {
    throw listFault(name, 'bad-geojson', 0, {
      fr: 'Ce fichier n’est pas du GeoJSON : il faut une FeatureCollection.',
      en: 'This file is no GeoJSON: a FeatureCollection is needed.',
    });
  }
  for (const [index, written] of collection.data.features.entries()) {
    const feature = Feature.safeParse(written);
    if (!feature.success) {
      throw listFault(name, 'bad-geojson', index + 2, {
        fr: `L’élément ${index + 1} n’est pas un Feature avec un Point, une LineString ou un Polygon : corrigez-le.`,
        en: `Element ${index + 1} is no Feature with a Point, a LineString or a Polygon: correct it.`,
      });
    }
    const { id, geometry, properties } = feature.data;
    const cells = new Map<string, string>();
    for (const [column, value] of Object.entries(properties ?? {})) {
      const scalar = Scalar.safeParse(value);
      if (scalar.success) cells.set(column, String(scalar.data));
    }
    if (id !== undefined) cells.set('id', String(id));
    cells.set('geometry', geometryText(geometry));
    rows.add(cells);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function geometryText(geometry: z.infer<typeof Geometry>): string {
  const point = ([longitude = 0, latitude = 0, altitude = 0]: readonly number[]): string =>
    `${latitude} ${longitude} ${altitude} 0`;
  switch (geometry.type) {
    case 'Point':
      return point(geometry.coordinates);
    case 'LineString':
      return geometry.coordinates.map(point).join('; ');
    case 'Polygon':
      return (geometry.coordinates[0] ?? []).map(point).join('; ');
  }
}

import { hash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { cellText } from '../support/dataset-tables.ts';
import { textsInside } from '../support/texts-inside.ts';
import type { AttackView, Files, Snapshot } from './attack-view.ts';

type Cells = ReadonlyMap<string, string>;

/** A record as one file, or the files of a format together, show it. */
export interface SeenRecord {
  readonly id: string;
  readonly cells: Cells;
  /** Rows of each repeat whose table is there. */
  readonly repeats: ReadonlyMap<string, readonly Cells[]>;
}

/** What an attacker has read of one audience's files after one compile. */
export interface OpenFiles {
  readonly files: Files;
  /** All that can be read as text, by file. */
  readonly texts: ReadonlyMap<string, string>;
  /** Records of each form, from its CSV files. */
  readonly records: ReadonlyMap<string, readonly SeenRecord[]>;
  /** The same from each further format. */
  readonly others: ReadonlyMap<string, ReadonlyMap<string, readonly SeenRecord[]>>;
}

export interface OpenSnapshot {
  readonly public: OpenFiles;
  readonly members: OpenFiles;
  readonly quiet: boolean;
  readonly truth: Snapshot['truth'];
}

export interface OpenView extends Omit<AttackView, 'snapshots'> {
  readonly snapshots: readonly OpenSnapshot[];
}

/** Reads every file, those that did not change once. */
export async function openView(view: AttackView): Promise<OpenView> {
  const forms = view.forms.map(({ formId }) => formId);
  const known = new Map<string, string>();
  const snapshots: OpenSnapshot[] = [];
  for (const { quiet, truth, ...files } of view.snapshots) {
    const members = new Map([...files.members].map(([name, bytes]) => [baseName(name), bytes]));
    snapshots.push({
      quiet,
      truth,
      public: await openFiles(files.public, files.public, forms, known),
      members: await openFiles(files.members, members, forms, known),
    });
  }
  return { ...view, snapshots };
}

async function openFiles(
  files: Files,
  named: Files,
  forms: readonly string[],
  known: Map<string, string>,
): Promise<OpenFiles> {
  const texts = new Map<string, string>();
  for (const [name, bytes] of files) {
    const key = hash('sha256', bytes);
    const text = known.get(key) ?? (await textsInside(bytes));
    known.set(key, text);
    texts.set(name, text);
  }
  const records = new Map<string, readonly SeenRecord[]>();
  const others = new Map<string, Map<string, readonly SeenRecord[]>>();
  for (const form of forms) {
    const csv = ofCsv(form, named);
    if (csv !== undefined) records.set(form, csv);
    const more = new Map<string, readonly SeenRecord[]>();
    const [json, geojson, parquet] = ['json', 'geojson', 'parquet'].map((format) =>
      named.get(`${form}.${format}`),
    );
    if (json !== undefined) more.set('json', ofJson(json));
    if (geojson !== undefined) more.set('geojson', ofGeoJson(geojson));
    if (parquet !== undefined) more.set('parquet', await ofParquet(parquet));
    others.set(form, more);
  }
  return { files, texts, records, others };
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A CSV file's rows, by its headers. */
export function csvRows(bytes: Buffer | undefined): readonly Cells[] {
  if (bytes === undefined) return [];
  const read: string[][] = parse(bytes, { bom: true });
  const [headers = [], ...rows] = read;
  return rows.map((row) => new Map(headers.map((header, index) => [header, row[index] ?? ''])));
}

function ofCsv(form: string, files: Files): readonly SeenRecord[] | undefined {
  const main = files.get(`${form}.csv`);
  if (main === undefined) return undefined;
  const tables = [...files.keys()].flatMap((name) => {
    const [, repeat] = new RegExp(`^${form}\\.([^.]+)\\.csv$`).exec(name) ?? [];
    if (repeat === undefined) return [];
    const rows = csvRows(files.get(name));
    // Other ways to write the records, in another language or with other columns, have no parents.
    return rows[0]?.has('parent_id') === true ? [[repeat, byRecord(rows)] as const] : [];
  });
  return csvRows(main).map((cells) => {
    const id = cells.get('id') ?? '';
    const repeats = new Map(tables.map(([repeat, rows]) => [repeat, rows.get(id) ?? []]));
    return { id, cells, repeats };
  });
}

/** Rows of a repeat by their record: `<record>/<row>`, `<record>/<row>/<inner row>`. */
function byRecord(rows: readonly Cells[]): ReadonlyMap<string, readonly Cells[]> {
  return Map.groupBy(rows, (row) => (row.get('id') ?? '').split('/')[0] ?? '');
}

function ofJson(bytes: Buffer): readonly SeenRecord[] {
  const document: unknown = JSON.parse(bytes.toString('utf8'));
  const records =
    isObject(document) && Array.isArray(document['records']) ? document['records'] : [];
  return records.filter(isObject).map((record) => {
    const cells = new Map<string, string>();
    const repeats = new Map<string, Map<string, string>[]>();
    for (const [name, column] of [
      ['formVersion', 'form_version'],
      ['organisation', 'organisation'],
      ['receivedAt', 'received_at'],
      ['updatedAt', 'updated_at'],
    ] as const) {
      if (record[name] !== undefined) cells.set(column, cellText(record[name]));
    }
    flatten(record['answers'], '', cells, repeats);
    return { id: cellText(record['id']), cells, repeats };
  });
}

function ofGeoJson(bytes: Buffer): readonly SeenRecord[] {
  const document: unknown = JSON.parse(bytes.toString('utf8'));
  const features =
    isObject(document) && Array.isArray(document['features']) ? document['features'] : [];
  return features.filter(isObject).map((feature) => {
    const cells = new Map<string, string>();
    flatten(feature['properties'], '', cells, new Map());
    const id = (cells.get('id') ?? cellText(feature['id'])).split('/')[0] ?? '';
    return { id, cells, repeats: new Map() };
  });
}

async function ofParquet(bytes: Buffer): Promise<readonly SeenRecord[]> {
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  return rows.map((row) => {
    const cells = new Map(Object.entries(row).map(([name, value]) => [name, cellText(value)]));
    return { id: cells.get('id') ?? '', cells, repeats: new Map() };
  });
}

/** Answers under the names of their columns. */
function flatten(
  value: unknown,
  path: string,
  cells: Map<string, string>,
  repeats: Map<string, Map<string, string>[]>,
): void {
  if (
    Array.isArray(value) &&
    value.some(isObject) &&
    !value.some((row) => isObject(row) && 'lat' in row)
  ) {
    const name = baseName(path);
    const rows = repeats.get(name) ?? [];
    repeats.set(name, rows);
    for (const row of value) {
      const inner = new Map<string, string>();
      rows.push(inner);
      flatten(row, '', inner, repeats);
    }
  } else if (isObject(value) && 'lat' in value) {
    cells.set(`${path}/latitude`, cellText(value['lat']));
    cells.set(`${path}/longitude`, cellText(value['lon']));
  } else if (isObject(value) && !('file' in value)) {
    for (const [name, inner] of Object.entries(value)) {
      flatten(inner, path === '' ? name : `${path}/${name}`, cells, repeats);
    }
  } else {
    cells.set(
      path,
      Array.isArray(value) && value.some(isObject) ? JSON.stringify(value) : cellText(value),
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

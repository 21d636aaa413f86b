import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { type Manifest, versionFileKey } from '../../shared/dataset/versions/version-manifest.ts';
import type { Audience } from '../../shared/form/model.ts';
import type { ObjectStore } from '../../shared/objects/object-store.ts';
import { readSheets } from './read-workbook.ts';

/** A table as a format has it: cells as texts that are the same in every format. */
export interface ReadTable {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What an audience's files of a version hold, read by parsers that are not ours. */
export class DatasetFiles {
  readonly #objects: ObjectStore;
  readonly #manifest: Manifest;
  readonly #audience: Audience;

  constructor(objects: ObjectStore, manifest: Manifest, audience: Audience) {
    this.#objects = objects;
    this.#manifest = manifest;
    this.#audience = audience;
  }

  get names(): readonly string[] {
    return (this.#manifest.audiences[this.#audience]?.files ?? []).map(({ name }) => name);
  }

  async bytes(name: string): Promise<Buffer> {
    const { dataset, version } = this.#manifest;
    const body = await this.#objects.get(versionFileKey(dataset, version, this.#audience, name));
    if (body === undefined) throw new Error(`No file ${name}.`);
    return buffer(body);
  }

  async text(name: string): Promise<string> {
    return (await this.bytes(name)).toString('utf8');
  }

  async csv(name: string): Promise<ReadTable> {
    const read: string[][] = parse(await this.bytes(name), {
      bom: true,
      record_delimiter: '\r\n',
    });
    const [headers = [], ...rows] = read;
    return { headers, rows: rows.map((row) => row.map(withoutGuard)) };
  }

  /** Lists as codes parted by spaces, moments in UTC; what is in `_unfit` where it belongs. */
  async parquet(name: string): Promise<ReadTable> {
    const file = new Uint8Array(await this.bytes(name)).buffer;
    const rows = await parquetReadObjects({ file });
    const headers = Object.keys(rows[0] ?? {}).filter((header) => header !== '_unfit');
    return {
      headers,
      rows: rows.map((row) => {
        const unfit: Record<string, unknown> =
          typeof row['_unfit'] === 'string'
            ? (JSON.parse(row['_unfit']) as object & typeof row)
            : {};
        return headers.map((header) => cellText(unfit[header] ?? row[header]));
      }),
    };
  }

  async sheets(name: string): Promise<ReadonlyMap<string, ReadTable>> {
    const sheets = await readSheets(await this.bytes(name));
    return new Map(
      [...sheets].map(([sheet, [headers = [], ...rows]]) => [
        sheet,
        {
          headers: headers.map(cellText),
          rows: rows.map((row) => headers.map((_, index) => cellText(row[index]))),
        },
      ]),
    );
  }
}

/** What a spreadsheet would take for a formula stands behind an apostrophe in CSV. */
export function withoutGuard(cell: string): string {
  return cell
    .replace(/^'(?=[\t\r\n])/, '')
    .replaceAll(/(^|[,;\t\r\n])([\s"]*)'(?=[=+\-@＝＋－＠])/g, '$1$2');
}

/** A value as every format must have it: `null` and nothing are the same. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.map(cellText).join(' ');
  }
  const file: unknown = typeof value === 'object' && 'file' in value ? value.file : undefined;
  return typeof file === 'string' ? file : JSON.stringify(value);
}

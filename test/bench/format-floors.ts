import { crc32, createDeflateRaw } from 'node:zlib';
import type { JsonObject } from '../../shared/json.ts';

/** Rows as one audience sees them, parsed and ready: what the floors begin with. */
export interface ReadyRows {
  readonly names: readonly string[];
  readonly records: readonly { readonly answers: JsonObject }[];
}

const pieceCharacters = 64 * 1024;
const needsQuotes = /[",\r\n]/;

/** The least that each format costs: what a loop of a few lines takes that makes the same bytes, or nearly. */
export const floors: Readonly<Record<'csv' | 'ndjson' | 'json' | 'geojson', Floor>> = {
  csv: ({ names, records }) =>
    bytesOf(records, ({ answers, ...about }) => {
      const cells = [...Object.values(about), ...names.map((name) => answers[name])];
      return `${cells.map(cellOf).join(',')}\r\n`;
    }),
  ndjson: ({ records }) => bytesOf(records, (record) => `${JSON.stringify(record)}\n`),
  json: ({ records }) => bytesOf(records, (record) => `${JSON.stringify(record)},\n`),
  geojson: ({ records }) =>
    bytesOf(records, ({ answers, ...about }) => {
      const { place, ...rest } = answers;
      const point = place as { readonly lat: number; readonly lon: number };
      const geometry = { type: 'Point', coordinates: [point.lon, point.lat] };
      const properties = { ...about, ...rest };
      return `${JSON.stringify({ type: 'Feature', geometry, properties })},\n`;
    }),
};

type Floor = (rows: ReadyRows) => number;

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function bytesOf<Row>(rows: readonly Row[], lineOf: (row: Row) => string): number {
  let bytes = 0;
  let text = '';
  for (const row of rows) {
    text += lineOf(row);
    if (text.length < pieceCharacters) continue;
    bytes += Buffer.from(text).byteLength;
    text = '';
  }
  return bytes + Buffer.from(text).byteLength;
}

/** zlib alone, with the checksum that an archive needs, at the level of the workbooks' own. */
export async function deflateFloor(sheets: readonly Buffer[], level: number): Promise<number> {
  let packed = 0;
  let crc = 0;
  for (const sheet of sheets) {
    const deflate = createDeflateRaw({ level, chunkSize: 64 * 1024 });
    const fed = (async () => {
      for (let at = 0; at < sheet.length; at += 256 * 1024) {
        const piece = sheet.subarray(at, at + 256 * 1024);
        crc = crc32(piece, crc);
        if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
      }
      deflate.end();
    })();
    for await (const chunk of deflate as AsyncIterable<Buffer>) packed += chunk.byteLength;
    await fed;
  }
  return packed + crc;
}

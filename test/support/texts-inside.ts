import { inflateRawSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';

/**
 * All that can be read in a file as text: of archives and workbooks, their entries; of Parquet, its
 * values and what it says of itself. Numbers stand as they are written in decimals.
 */
export async function textsInside(bytes: Buffer): Promise<string> {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start === 'PK\u0003\u0004') {
    const texts = await Promise.all([...entriesOf(bytes)].map(textsInside));
    return [bytes.toString('latin1'), ...texts].join('\n');
  }
  if (start === 'PAR1') {
    const file = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(file);
    const days = new Set(
      metadata.schema.filter((one) => one.logical_type?.type === 'DATE').map(({ name }) => name),
    );
    // The reader makes moments of days.
    const asDays = (of: object): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(of).map(([name, value]: [string, unknown]) => [
          name,
          value instanceof Date ? value.toISOString().slice(0, 10) : value,
        ]),
      );
    const rows = (await parquetReadObjects({ file })).map((row) => ({
      ...row,
      ...asDays(Object.fromEntries(Object.entries(row).filter(([name]) => days.has(name)))),
    }));
    for (const { meta_data: column } of metadata.row_groups.flatMap(({ columns }) => columns)) {
      if (column?.statistics !== undefined && days.has(column.path_in_schema[0] ?? '')) {
        Object.assign(column.statistics, asDays(column.statistics));
      }
    }
    const plain = (_: string, value: unknown): unknown =>
      typeof value === 'bigint' ? String(value) : value;
    return JSON.stringify([rows, metadata], plain);
  }
  return bytes.toString('utf8');
}

const centralHeader = 0x02014b50;

/** The entries of a zip archive, in the order of its central directory. */
export function* entriesOf(bytes: Buffer): Generator<Buffer> {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  let at = bytes.readUInt32LE(end + 16);
  while (bytes.readUInt32LE(at) === centralHeader) {
    const [method, length] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const local = bytes.readUInt32LE(at + 42);
    const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(data, data + length);
    yield method === 0 ? packed : inflateRawSync(packed);
    at += 46 + [28, 30, 32].reduce((sum, field) => sum + bytes.readUInt16LE(at + field), 0);
  }
}

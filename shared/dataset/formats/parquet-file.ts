import type { KeyValue } from 'hyparquet-writer';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { FileSink } from '../../zip/file-sink.ts';
import { ParquetBytes } from './parquet-bytes.ts';
import type { ParquetColumn } from './parquet-column.ts';
import { compress, codec } from './parquet-codec.ts';
import { bitsOf, type ParquetNumbers } from './parquet-runs.ts';

/** When a row group is written. */
export interface GroupLimits {
  /** Bytes of values gathered: what a file costs in memory, about twice. */
  readonly bytes: number;
  readonly rows: number;
}

const usual: GroupLimits = { bytes: 16 * 1024 * 1024, rows: 100_000 };
/** Rows between two looks at how large a row group has grown. */
const lookEvery = 64;

type Metadata = Parameters<typeof writeMetadata>[1];
type ColumnChunk = Metadata['row_groups'][number]['columns'][number];

/** `PAR1`, which begins and ends the file. */
const magic = 0x31524150;

/**
 * A Parquet file in the making. The pages are made here, since hyparquet-writer takes ten times as
 * long from values in arrays and holds them all (see docs/decisions/0020); what is around them, it
 * writes. All that grows with the rows is where each row group is: about 300 bytes a column.
 */
export class ParquetFile {
  rows = 0;
  readonly #limits: GroupLimits;
  readonly #sink: Pick<FileSink, 'writeBytes'>;
  readonly #columns: readonly ParquetColumn[];
  readonly #about: () => readonly KeyValue[];
  readonly #writer = new ByteWriter();
  readonly #metadata: Metadata;
  readonly #page = new ParquetBytes();
  readonly #levels = new ParquetBytes();
  #groupRows = 0;

  constructor(
    sink: Pick<FileSink, 'writeBytes'>,
    columns: readonly ParquetColumn[],
    about: () => readonly KeyValue[],
    limits = usual,
  ) {
    this.#limits = limits;
    this.#sink = sink;
    this.#columns = columns;
    this.#about = about;
    const elements = columns.flatMap((column) => column.elements);
    this.#metadata = {
      version: 2,
      created_by: 'hyparquet',
      schema: [{ name: 'schema', num_children: columns.length }, ...elements],
      num_rows: 0n,
      row_groups: [],
      key_value_metadata: [],
      // Of the reader's type; it is not written.
      metadata_length: 0,
    };
    this.#writer.appendUint32(magic);
  }

  /** Ends a row of which every column has been given its value. */
  endRow(): void {
    this.rows += 1;
    this.#groupRows += 1;
    const { bytes, rows } = this.#limits;
    const full = this.#groupRows % lookEvery === 0 && this.#size() >= bytes;
    if (full || this.#groupRows === rows) this.#writeGroup();
  }

  end(): void {
    if (this.#groupRows > 0) this.#writeGroup();
    this.#metadata.key_value_metadata = [...this.#about()];
    writeMetadata(this.#writer, this.#metadata);
    this.#writer.appendUint32(magic);
    this.#flush();
  }

  #size(): number {
    return this.#columns.reduce((sum, { values }) => sum + values.size, 0);
  }

  #writeGroup(): void {
    const start = this.#writer.offset;
    const columns = this.#columns.map((column) => this.#writeColumn(column));
    const sizes = columns.map(({ meta_data: data }) => data?.total_uncompressed_size ?? 0n);
    const rows = BigInt(this.#groupRows);
    this.#metadata.row_groups.push({
      columns,
      total_byte_size: sizes.reduce((sum, size) => sum + size, 0n),
      num_rows: rows,
      total_compressed_size: BigInt(this.#writer.offset - start),
    });
    this.#metadata.num_rows += rows;
    this.#groupRows = 0;
    this.#flush();
  }

  #writeColumn(column: ParquetColumn): ColumnChunk {
    const { elements, values, definitions, repetitions } = column;
    const { type } = elements.at(-1) ?? {};
    if (type === undefined) throw new TypeError(`The column ${column.name} has no type.`);
    const start = this.#writer.offset;
    const { dictionary, range } = values;
    let uncompressed = 0;
    if (dictionary !== undefined) {
      const header = { num_values: dictionary.count, encoding: 'PLAIN' } as const;
      uncompressed += this.#writePage(dictionary.bytes, {
        type: 'DICTIONARY_PAGE',
        dictionary_page_header: header,
      });
    }
    const dataStart = this.#writer.offset;
    const encoding = dictionary === undefined ? 'PLAIN' : 'RLE_DICTIONARY';
    this.#page.clear();
    if (repetitions !== undefined) this.#addLevels(repetitions, 1);
    this.#addLevels(definitions, column.defined);
    values.writePage(this.#page);
    uncompressed += this.#writePage(this.#page.view(), {
      type: 'DATA_PAGE',
      data_page_header: {
        num_values: definitions.length,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    });
    const chunk: ColumnChunk = {
      file_offset: BigInt(start),
      meta_data: {
        type,
        encodings: dictionary === undefined ? plain : coded,
        path_in_schema: column.path,
        codec,
        num_values: BigInt(definitions.length),
        total_uncompressed_size: BigInt(uncompressed),
        total_compressed_size: BigInt(this.#writer.offset - start),
        data_page_offset: BigInt(dataStart),
        ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(start) }),
        ...(range === undefined
          ? {}
          : { statistics: { min_value: range.min, max_value: range.max } }),
      },
    };
    values.clear();
    definitions.clear();
    repetitions?.clear();
    return chunk;
  }

  /** Levels as a page of the first version has them: after the number of their bytes. */
  #addLevels(levels: ParquetNumbers, largest: number): void {
    this.#levels.clear();
    levels.write(this.#levels, bitsOf(largest));
    this.#page.int32(this.#levels.length);
    this.#page.append(this.#levels.view());
  }

  /** Gives its size as if it were not compressed, with its header. */
  #writePage(
    bytes: Buffer,
    header: Omit<
      Parameters<typeof writePageHeader>[1],
      'uncompressed_page_size' | 'compressed_page_size'
    >,
  ): number {
    const compressed = compress(bytes);
    const start = this.#writer.offset;
    writePageHeader(this.#writer, {
      ...header,
      uncompressed_page_size: bytes.length,
      compressed_page_size: compressed.length,
    });
    const headerBytes = this.#writer.offset - start;
    this.#writer.appendBytes(compressed);
    return headerBytes + bytes.length;
  }

  #flush(): void {
    this.#sink.writeBytes(this.#writer.getBytes().slice());
    this.#writer.index = 0;
  }
}

type Encoding = NonNullable<ColumnChunk['meta_data']>['encodings'][number];
/** One array each, however many row groups there are. */
const plain: Encoding[] = ['PLAIN', 'RLE'];
const coded: Encoding[] = ['PLAIN', 'RLE', 'RLE_DICTIONARY'];

import { ParquetBytes } from './parquet-bytes.ts';
import { ParquetNumbers, bitsOf } from './parquet-runs.ts';

/** The values of one column in a row group, as they will stand in its page; nulls are not among them. */
export interface ParquetValues<Value> {
  add(value: Value): void;
  /** Bytes held, about. */
  readonly size: number;
  readonly range: { readonly min: number; readonly max: number } | undefined;
  readonly dictionary: { readonly bytes: Buffer; readonly count: number } | undefined;
  writePage(to: ParquetBytes): void;
  clear(): void;
}

/** Numbers one after the other, of a width that `write` knows. */
class PlainNumbers implements ParquetValues<number> {
  readonly dictionary = undefined;
  readonly #bytes = new ParquetBytes();
  readonly #write: (bytes: ParquetBytes, value: number) => void;
  #min = Infinity;
  #max = -Infinity;

  constructor(write: (bytes: ParquetBytes, value: number) => void) {
    this.#write = write;
  }

  get size(): number {
    return this.#bytes.length;
  }

  get range(): { readonly min: number; readonly max: number } | undefined {
    if (this.#min > this.#max) return undefined;
    // Zeros of both signs lie between: parquet.thrift, ColumnOrder.
    return { min: this.#min === 0 ? -0 : this.#min, max: this.#max === 0 ? 0 : this.#max };
  }

  add(value: number): void {
    this.#write(this.#bytes, value);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  writePage(to: ParquetBytes): void {
    to.append(this.#bytes.view());
  }

  clear(): void {
    this.#bytes.clear();
    this.#min = Infinity;
    this.#max = -Infinity;
  }
}

export function int32Values(): ParquetValues<number> {
  return new PlainNumbers((bytes, value) => bytes.int32(value));
}

export function int64Values(): ParquetValues<number> {
  return new PlainNumbers((bytes, value) => bytes.int64(value));
}

export function doubleValues(): ParquetValues<number> {
  return new PlainNumbers((bytes, value) => bytes.double(value));
}

/** Eight to a byte, the first one lowest. */
export class BooleanValues implements ParquetValues<boolean> {
  readonly dictionary = undefined;
  readonly range = undefined;
  readonly #bytes = new ParquetBytes();
  #bits = 0;
  #count = 0;

  get size(): number {
    return this.#bytes.length;
  }

  add(value: boolean): void {
    if (value) this.#bits |= 1 << this.#count;
    this.#count += 1;
    if (this.#count === 8) this.#flush();
  }

  writePage(to: ParquetBytes): void {
    if (this.#count > 0) this.#flush();
    to.append(this.#bytes.view());
  }

  clear(): void {
    this.#bytes.clear();
  }

  #flush(): void {
    this.#bytes.byte(this.#bits);
    this.#bits = 0;
    this.#count = 0;
  }
}

/** Texts one after the other. */
export class TextValues implements ParquetValues<string> {
  readonly dictionary = undefined;
  /** Not told: bounds of long texts would be held until the file ends. */
  readonly range = undefined;
  readonly #bytes = new ParquetBytes();

  get size(): number {
    return this.#bytes.length;
  }

  add(value: string): void {
    this.#bytes.text(value);
  }

  writePage(to: ParquetBytes): void {
    to.append(this.#bytes.view());
  }

  clear(): void {
    this.#bytes.clear();
  }
}

/** Codes: each one once, in a dictionary of the row group, and its place there for each value. */
export class CodeValues implements ParquetValues<string> {
  readonly range = undefined;
  readonly #places = new Map<string, number>();
  readonly #texts = new ParquetBytes();
  readonly #indexes = new ParquetNumbers();

  get size(): number {
    return this.#texts.length + 4 * this.#indexes.length;
  }

  get dictionary(): { readonly bytes: Buffer; readonly count: number } | undefined {
    const { size: count } = this.#places;
    return count === 0 ? undefined : { bytes: this.#texts.view(), count };
  }

  add(value: string): void {
    let place = this.#places.get(value);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(value, place);
      this.#texts.text(value);
    }
    this.#indexes.add(place);
  }

  writePage(to: ParquetBytes): void {
    if (this.#indexes.length === 0) return;
    const width = bitsOf(this.#indexes.largest);
    to.byte(width);
    this.#indexes.write(to, width);
  }

  clear(): void {
    this.#places.clear();
    this.#texts.clear();
    this.#indexes.clear();
  }
}

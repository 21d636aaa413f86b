/**
 * Little-endian bytes that grow as they are written. What was taken is kept when it is cleared: a row
 * group is about as large as the one before.
 */
export class ParquetBytes {
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(64);

  /** What was written so far: good until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** A byte, of which only the lowest eight bits count. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length] = value;
    this.length += 1;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.length = this.#bytes.writeInt32LE(value, this.length);
  }

  /** A whole number that a double holds exactly. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeInt32LE((value - high * 2 ** 32) | 0, this.length);
    this.length = this.#bytes.writeInt32LE(high, this.length + 4);
  }

  double(value: number): void {
    this.#reserve(8);
    this.length = this.#bytes.writeDoubleLE(value, this.length);
  }

  /** Text as UTF-8 after the number of its bytes. */
  text(value: string): void {
    this.#reserve(4 + 3 * value.length);
    const start = this.length + 4;
    const written = this.#bytes.write(value, start);
    this.#bytes.writeInt32LE(written, this.length);
    this.length = start + written;
  }

  /** An unsigned number in groups of seven bits, the lowest first. */
  varInt(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.length + count));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

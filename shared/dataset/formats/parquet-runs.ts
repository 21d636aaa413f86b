import type { ParquetBytes } from './parquet-bytes.ts';

/** Small unsigned numbers, one for each value: levels, or places in a dictionary. */
export class ParquetNumbers {
  length = 0;
  #numbers = new Uint32Array(16);
  #largest = 0;
  #smallest = 0xffffffff;

  add(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Uint32Array(2 * this.#numbers.length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length] = value;
    this.length += 1;
    if (value > this.#largest) this.#largest = value;
    if (value < this.#smallest) this.#smallest = value;
  }

  get largest(): number {
    return this.#largest;
  }

  clear(): void {
    this.length = 0;
    this.#largest = 0;
    this.#smallest = 0xffffffff;
  }

  /**
   * All of them in Parquet's encoding RLE, each in `width` bits: one run if all are equal, which is
   * so of the levels of most columns, else packed. Runs in between would save what compression saves
   * anyway.
   */
  write(to: ParquetBytes, width: number): void {
    if (this.length === 0) return;
    if (this.#smallest === this.#largest) {
      to.varInt(this.length * 2);
      for (let bits = 0; bits < width; bits += 8) to.byte(this.#largest >>> bits);
      return;
    }
    const groups = Math.ceil(this.length / 8);
    to.varInt(groups * 2 + 1);
    let held = 0;
    let bits = 0;
    for (let index = 0; index < groups * 8; index += 1) {
      // Not by shifting: 32 bits may be held already.
      held += (index < this.length ? (this.#numbers[index] ?? 0) : 0) * 2 ** bits;
      bits += width;
      while (bits >= 8) {
        to.byte(held % 256);
        held = Math.floor(held / 256);
        bits -= 8;
      }
    }
  }
}

/** Bits that numbers up to `largest` take; one at least, since readers differ on none. */
export function bitsOf(largest: number): number {
  return Math.max(1, 32 - Math.clz32(largest));
}

/** What a reader sees of a QR code: true where it is dark. `size` modules each way, without margin. */
export interface Modules {
  readonly size: number;
  readonly dark: (x: number, y: number) => boolean;
}

/** ISO/IEC 18004, table 9: codewords of correction per block and number of blocks, for versions 1 to 20. */
const blocksOf: Readonly<Record<string, { correction: string; blocks: string }>> = {
  L: {
    correction: '7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28',
    blocks: '1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8',
  },
  M: {
    correction: '10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26',
    blocks: '1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16',
  },
  Q: {
    correction: '13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30',
    blocks: '1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20',
  },
  H: {
    correction: '17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28',
    blocks: '1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25',
  },
};

function alignmentCentres(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((size - 13) / (2 * (count - 1))) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - step * index).reverse()];
}

/** True for modules that are patterns, format or version, not data. */
function reserver(version: number, size: number): (x: number, y: number) => boolean {
  const centres = alignmentCentres(version, size);
  const corner = (x: number, y: number) =>
    (x < 9 && y < 9) || (x < 9 && y >= size - 8) || (x >= size - 8 && y < 9);
  const aligned = (x: number, y: number) =>
    centres.some((cx) =>
      centres.some((cy) => {
        const inFinder =
          (cx === 6 && cy === 6) || (cx === 6 && cy === size - 7) || (cx === size - 7 && cy === 6);
        return !inFinder && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2;
      }),
    );
  const versioned = (x: number, y: number) =>
    version >= 7 && ((x < 6 && y >= size - 11) || (y < 6 && x >= size - 11));
  return (x, y) => corner(x, y) || x === 6 || y === 6 || aligned(x, y) || versioned(x, y);
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The codewords in the order in which they lie on the code: two columns at a time, up and down. */
function codewords({ size, dark }: Modules, mask: number): number[] {
  const version = (size - 17) / 4;
  const reserved = reserver(version, size);
  const bits: boolean[] = [];
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let row = 0; row < size; row += 1) {
      const y = up ? size - 1 - row : row;
      for (const x of [right, right - 1]) {
        if (!reserved(x, y)) bits.push(dark(x, y) !== masks[mask]?.(x, y));
      }
    }
    up = !up;
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + Number(bit), 0),
  );
}

function numberAt(text: string | undefined, index: number): number {
  return Number(text?.split(' ')[index]);
}

/** The data codewords, block after block, as they were before they were interleaved. */
function dataOf(all: readonly number[], version: number, level: string): number[] {
  const blocks = numberAt(blocksOf[level]?.blocks, version - 1);
  const correction = numberAt(blocksOf[level]?.correction, version - 1);
  const total = all.length - blocks * correction;
  const short = Math.floor(total / blocks);
  const longFrom = blocks - (total % blocks);
  const data: number[][] = Array.from({ length: blocks }, () => []);
  let next = 0;
  for (let index = 0; index <= short; index += 1) {
    for (const [block, words] of data.entries()) {
      if (index < short || block >= longFrom) words.push(all[next++] ?? 0);
    }
  }
  return data.flat();
}

/**
 * Reads a QR code of bytes (one segment, versions 1 to 20) as the standard says, without correcting
 * anything: an independent check of what our library has drawn. Throws for anything else.
 */
export function readQr(modules: Modules): { text: string; level: string } {
  const { size, dark } = modules;
  const version = (size - 17) / 4;
  const format = [0, 1, 2, 3, 4].reduce((value, x) => value * 2 + Number(dark(x, 8)), 0) ^ 0b10101;
  const level = ['M', 'L', 'H', 'Q'][format >> 3] ?? '';
  const data = dataOf(codewords(modules, format & 7), version, level);
  let at = 0;
  const take = (count: number) => {
    let value = 0;
    for (; count > 0; count -= 1, at += 1) {
      value = value * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    }
    return value;
  };
  if (take(4) !== 4) throw new Error('Not a code of bytes.');
  const length = take(version < 10 ? 8 : 16);
  const bytes = Uint8Array.from({ length }, () => take(8));
  if (take(4) !== 0) throw new Error('The code goes on after its bytes.');
  return { text: Buffer.from(bytes).toString('latin1'), level };
}

import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/** The sheets of a workbook, unpacked, and how many bytes they took. Trusts the archive: it was just made. */
export function sheetsOf(zip: Buffer): readonly Buffer[] {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== endSignature) end -= 1;
  const sheets: Buffer[] = [];
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === entrySignature) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (name.startsWith('xl/worksheets/')) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      sheets.push(inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20))));
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return sheets;
}

/** How an entry's bytes stand in a ZIP archive: as they are, or deflated. */
export type Compression = 'stored' | 'deflated';

/** What is known of an entry's bytes once all of them have been written. */
export interface EntrySizes {
  /** CRC-32 of the bytes as they are. */
  readonly crc: number;
  readonly bytes: number;
  /** How many they take in the archive. */
  readonly packed: number;
}

export interface EntryPlace {
  readonly name: string;
  readonly compression: Compression;
  /** Where its local header begins. */
  readonly offset: number;
  /** The sizes stand after the bytes: they were not known before. */
  readonly described: boolean;
}

const most16 = 0xff_ff;
const most32 = 0xff_ff_ff_ff;
/** Names are UTF-8. */
const namesAreUtf8 = 0x08_00;
const sizesFollow = 0x00_08;
/** The first of January 1980, the earliest that can be said: the time of writing would change the bytes. */
const noTime = Buffer.from([0, 0, 0x21, 0]);
/** A file that its owner may write and all may read, as Unix says it. */
const fileMode = 0o100644;
const plainVersion = 20;
const zip64Version = 45;

/** True for an entry whose numbers do not fit into four bytes (APPNOTE 4.5.3). */
export function needsZip64(sizes: EntrySizes, offset: number): boolean {
  return Math.max(sizes.bytes, sizes.packed, offset) >= most32;
}

/** What stands before an entry's bytes. `sizes` if they are known, and small enough for four bytes. */
export function localHeader(entry: EntryPlace, sizes: EntrySizes | undefined): Buffer {
  const name = Buffer.from(entry.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04_03_4b_50, 0);
  header.writeUInt16LE(plainVersion, 4);
  writeFacts(header, 6, entry, sizes ?? { crc: 0, bytes: 0, packed: 0 }, name.length);
  return Buffer.concat([header, name]);
}

/** What follows an entry's bytes if its sizes were not known before. */
export function dataDescriptor({ crc, packed, bytes }: EntrySizes): Buffer {
  const wide = Math.max(packed, bytes) >= most32;
  const descriptor = Buffer.alloc(wide ? 24 : 16);
  descriptor.writeUInt32LE(0x08_07_4b_50, 0);
  descriptor.writeUInt32LE(crc, 4);
  if (wide) {
    descriptor.writeBigUInt64LE(BigInt(packed), 8);
    descriptor.writeBigUInt64LE(BigInt(bytes), 16);
  } else {
    descriptor.writeUInt32LE(packed, 8);
    descriptor.writeUInt32LE(bytes, 12);
  }
  return descriptor;
}

/** An entry's record in the directory at the end. */
export function directoryRecord(entry: EntryPlace, sizes: EntrySizes): Buffer {
  const { offset } = entry;
  const name = Buffer.from(entry.name);
  const wide = needsZip64(sizes, offset);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02_01_4b_50, 0);
  record.writeUInt16LE((3 << 8) | (wide ? zip64Version : plainVersion), 4);
  record.writeUInt16LE(wide ? zip64Version : plainVersion, 6);
  const shown = wide ? { crc: sizes.crc, bytes: most32, packed: most32 } : sizes;
  writeFacts(record, 8, entry, shown, name.length);
  record.writeUInt32LE(fileMode * 0x1_00_00, 38);
  record.writeUInt32LE(wide ? most32 : offset, 42);
  if (!wide) return Buffer.concat([record, name]);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(sizes.bytes), 4);
  extra.writeBigUInt64LE(BigInt(sizes.packed), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  record.writeUInt16LE(extra.length, 30);
  return Buffer.concat([record, name, extra]);
}

/** Flags, method, time, sizes and the length of the name: the same in a local header and in the directory. */
function writeFacts(
  into: Buffer,
  at: number,
  { compression, described }: EntryPlace,
  { crc, packed, bytes }: EntrySizes,
  nameLength: number,
): void {
  into.writeUInt16LE(namesAreUtf8 | (described ? sizesFollow : 0), at);
  into.writeUInt16LE(compression === 'deflated' ? 8 : 0, at + 2);
  noTime.copy(into, at + 4);
  into.writeUInt32LE(crc, at + 8);
  into.writeUInt32LE(packed, at + 12);
  into.writeUInt32LE(bytes, at + 16);
  into.writeUInt16LE(nameLength, at + 20);
}

/** The end of an archive, after its directory. */
export function endOfArchive(directory: {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}): Buffer {
  const { entries, bytes, offset } = directory;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  const wide = entries >= most16 || bytes >= most32 || offset >= most32;
  end.writeUInt16LE(wide ? most16 : entries, 8);
  end.writeUInt16LE(wide ? most16 : entries, 10);
  end.writeUInt32LE(wide ? most32 : bytes, 12);
  end.writeUInt32LE(wide ? most32 : offset, 16);
  if (!wide) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06_06_4b_50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE((3 << 8) | zip64Version, 12);
  end64.writeUInt16LE(zip64Version, 14);
  end64.writeBigUInt64LE(BigInt(entries), 24);
  end64.writeBigUInt64LE(BigInt(entries), 32);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07_06_4b_50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end]);
}

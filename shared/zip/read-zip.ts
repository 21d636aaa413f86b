import { crc32, inflateRawSync } from 'node:zlib';

/** Why an archive is not read. */
export type ZipRefusal = 'no-archive' | 'damaged' | 'encrypted' | 'too-large';

export class ZipError extends Error {
  readonly reason: ZipRefusal;
  /** What is wrong: an entry's name, as a rule. */
  readonly what: string;
  /** Of what is too large: how much there may be. */
  readonly most: string;

  constructor(
    reason: ZipRefusal,
    what = '',
    { most = '', cause }: { most?: string; cause?: unknown } = {},
  ) {
    super(`ZIP: ${reason} ${what}`, { cause });
    this.reason = reason;
    this.what = what;
    this.most = most;
  }
}

/** A workbook has a dozen entries, a hundred with pictures. */
const maxEntries = 2_000;
/** Bytes that may be unpacked from one archive in all. The largest form has about 10 MB. */
export const maxUnpackedBytes = 32 * 2 ** 20;

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const maxCommentLength = 0xffff;

interface Entry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const damaged = (what: string, cause?: unknown) => new ZipError('damaged', what, { cause });

/**
 * A ZIP archive that is not trusted: nothing is unpacked but what is asked for, no more than it said
 * and no more than `maxUnpackedBytes` in all, and its checksum must be right. Names are compared without case.
 */
export class ZipArchive {
  readonly #bytes: Buffer;
  readonly #entries: ReadonlyMap<string, Entry>;
  #left = maxUnpackedBytes;

  /** Throws ZipError. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#entries = readDirectory(this.#bytes);
  }

  /** In the archive's order, in lower case. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(plain(name));
  }

  /** What an entry holds. Throws ZipError. */
  read(name: string): Buffer {
    const entry = this.#entries.get(plain(name));
    if (entry === undefined) throw damaged(`${name} ?`);
    if (entry.isEncrypted) throw new ZipError('encrypted', name);
    this.#left -= entry.bytes;
    if (this.#left < 0) {
      throw new ZipError('too-large', name, { most: `${maxUnpackedBytes / 2 ** 20} MB` });
    }
    const content = this.#unpack(entry);
    if (content.length !== entry.bytes || crc32(content) !== entry.crc) throw damaged(name);
    return content;
  }

  #unpack({ name, method, packedBytes, bytes, offset }: Entry): Buffer {
    const file = this.#bytes;
    if (offset + 30 > file.length || file.readUInt32LE(offset) !== localSignature) {
      throw damaged(name);
    }
    const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
    if (start + packedBytes > file.length) throw damaged(name);
    const packed = file.subarray(start, start + packedBytes);
    if (method === 0) return packed;
    if (method !== 8) throw damaged(`${name}, compression ${method}`);
    if (bytes === 0) return Buffer.alloc(0);
    try {
      // An entry that is longer than it said is not unpacked further.
      return inflateRawSync(packed, { maxOutputLength: bytes });
    } catch (cause) {
      throw damaged(name, cause);
    }
  }
}

/** As Office compares the names of parts. Some writers part folders by a backslash. */
function plain(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

function readDirectory(file: Buffer): ReadonlyMap<string, Entry> {
  const end = findEnd(file);
  if (end === undefined) throw new ZipError('no-archive');
  const count = file.readUInt16LE(end + 10);
  if (count > maxEntries) throw new ZipError('too-large', 'ZIP', { most: String(maxEntries) });
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || file.readUInt32LE(at) !== entrySignature) throw damaged('ZIP');
    const nameEnd = at + 46 + file.readUInt16LE(at + 28);
    const name = plain(file.toString('utf8', at + 46, nameEnd));
    // With two entries of a name, one reader would take the first and another the second.
    if (entries.has(name)) throw damaged(`${name} × 2`);
    entries.set(name, {
      name,
      isEncrypted: (file.readUInt16LE(at + 8) & 1) === 1,
      method: file.readUInt16LE(at + 10),
      crc: file.readUInt32LE(at + 16),
      packedBytes: file.readUInt32LE(at + 20),
      bytes: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    });
    at = nameEnd + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/** The end record stands at the end of the file, before a comment whose length it knows. */
function findEnd(file: Buffer): number | undefined {
  const last = file.length - endLength;
  for (let at = last; at >= Math.max(0, last - maxCommentLength); at -= 1) {
    if (file.readUInt32LE(at) !== endSignature) continue;
    if (at + endLength + file.readUInt16LE(at + 20) <= file.length) return at;
  }
  return undefined;
}

import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, and what its headers say that is not true. */
export interface HostileEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly saysBytes?: number;
  readonly saysPackedBytes?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly offset?: number;
}

/** A ZIP archive of deflated entries that may lie. */
export function hostileZip(
  entries: readonly HostileEntry[],
  options: { readonly comment?: string; readonly saysEntries?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.content, { level: 9 });
    const name = Buffer.from(entry.name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(entry.flags ?? 0, 2);
    facts.writeUInt16LE(entry.method ?? 8, 4);
    facts.writeUInt32LE(entry.crc ?? crc32(entry.content), 10);
    facts.writeUInt32LE(entry.saysPackedBytes ?? packed.length, 14);
    facts.writeUInt32LE(entry.saysBytes ?? entry.content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(entry.offset ?? offset, 10);
    parts.push(Buffer.from('504b0304', 'hex'), facts, name, packed);
    directory.push(Buffer.from('504b01021400', 'hex'), facts, tail, name);
    offset += 30 + name.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(options.saysEntries ?? entries.length, 8);
  end.writeUInt16LE(options.saysEntries ?? entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  const comment = Buffer.from(options.comment ?? '');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, listed, end, comment]);
}

/** Parts of a workbook as an archive of honest entries. */
export function zipped(parts: ReadonlyMap<string, Uint8Array>): Buffer {
  return hostileZip([...parts].map(([name, content]) => ({ name, content })));
}

import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  archive,
  ArchiveWriter,
  dataDescriptor,
  directoryRecord,
  endOfArchive,
  type ArchiveEntry,
} from '../../../../shared/zip/write-zip.ts';
import { ZipArchive } from '../../../../shared/zip/read-zip.ts';

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = Math.ceil(bytes.length / 3) || 1;
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function* listed(entries: readonly ArchiveEntry[]): AsyncGenerator<ArchiveEntry> {
  for (const entry of entries) {
    await Promise.resolve();
    yield entry;
  }
}

describe('an archive', () => {
  it('gives back what was put into it, stored or deflated', async () => {
    const files = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,8}$/),
        bytes: fc.uint8Array({ maxLength: 100_000, size: 'max' }),
        compression: fc.constantFrom('stored' as const, 'deflated' as const),
      }),
      { selector: ({ name }) => name },
    );
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const entries = given.map(({ bytes, ...entry }) => ({ ...entry, body: chunksOf(bytes) }));
        const read = new ZipArchive(await buffer(archive(listed(entries))));
        expect(read.names).toEqual(given.map(({ name }) => name));
        for (const { name, bytes } of given) expect(read.read(name).equals(bytes)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('has names in any writing', async () => {
    const name = 'dossier/é–\u{1f33f} بيت.txt';
    const bytes = await buffer(
      archive(listed([{ name, compression: 'stored', body: chunksOf(Buffer.from('x')) }])),
    );
    expect(bytes.includes(Buffer.from(name))).toBe(true);
    // Bit 11: names are UTF-8.
    expect(bytes.readUInt16LE(6) & 0x0800).toBe(0x0800);
  });

  it('says numbers above 4 GB in eight bytes (ZIP64), and smaller ones in four, as every reader knows them', () => {
    const place = { name: 'a', compression: 'stored', offset: 0, described: true } as const;
    const large = { crc: 1, bytes: 5_000_000_000, packed: 5_000_000_000 };
    const small = { crc: 1, bytes: 5, packed: 5 };
    expect(dataDescriptor(small)).toHaveLength(16);
    expect(dataDescriptor(large).readBigUInt64LE(16)).toBe(5_000_000_000n);
    expect(directoryRecord(place, small)).toHaveLength(47);
    const record = directoryRecord({ ...place, offset: 6_000_000_000 }, small);
    expect(record.readUInt32LE(42)).toBe(0xffffffff);
    expect(record.readBigUInt64LE(47 + 20)).toBe(6_000_000_000n);
    expect(endOfArchive({ entries: 3, bytes: 141, offset: 100 })).toHaveLength(22);
    const end = endOfArchive({ entries: 70_000, bytes: 141, offset: 5_000_000_000 });
    expect(end.readUInt32LE(0)).toBe(0x06064b50);
    expect(end.readBigUInt64LE(24)).toBe(70_000n);
    expect(end.readBigUInt64LE(56 + 8)).toBe(5_000_000_141n);
  });
});

describe('an archive whose files are written at the same time', () => {
  it('has first those that are passed on, then those that were held', async () => {
    const writer = new ArchiveWriter();
    const read = buffer(writer.body);
    const held = writer.hold('held');
    const first = writer.pass('first');
    const texts = { first: '', held: '' };
    for (let row = 0; row < 50_000; row += 1) {
      texts.first += `first ${row}\n`;
      texts.held += `held ${row * row}\n`;
      first.write(`first ${row}\n`);
      held.write(`held ${row * row}\n`);
      if (row % 500 === 0) await writer.drained();
    }
    first.end();
    writer.pass('second').write('x');
    writer.end();
    const zip = new ZipArchive(await read);
    expect(zip.names).toEqual(['first', 'second', 'held']);
    expect(zip.read('first').toString()).toBe(texts.first);
    expect(zip.read('held').toString()).toBe(texts.held);
  });

  it('fails for who reads it and for who writes its files', async () => {
    const writer = new ArchiveWriter();
    const read = buffer(writer.body);
    const [passed, held] = [writer.pass('passed'), writer.hold('held')];
    passed.write('x');
    held.write('x');
    writer.fail(new Error('given up'));
    await expect(read).rejects.toThrow('given up');
    await expect(writer.drained()).rejects.toThrow('given up');
    await expect(writer.pass('later').drained()).rejects.toThrow('given up');
  });

  it('lets nobody wait for a reader that has left', async () => {
    const writer = new ArchiveWriter();
    const held = writer.hold('held');
    const passed = writer.pass('passed');
    for await (const chunk of writer.body) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    for (let row = 0; row < 3_000; row += 1) {
      passed.write('x'.repeat(1_000));
      held.write('x');
    }
    await expect(writer.drained()).rejects.toThrow('Nobody reads');
  });
});

import { describe, expect, it } from 'vitest';
import { storedZip } from '../../../support/stored-zip.ts';
import { maxUnpackedBytes, ZipArchive, ZipError } from '../../../../shared/zip/read-zip.ts';
import { hostileZip } from '../../../support/hostile-zip.ts';

const hello = Buffer.from('hello');
const megabyte = Buffer.alloc(2 ** 20);

/** Why it is refused when the entry `a` is read. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    new ZipArchive(bytes).read('a');
  } catch (error) {
    if (error instanceof ZipError) return error.reason;
    throw error;
  }
  return undefined;
}

describe('an archive', () => {
  it('gives what its entries hold, packed or not, whatever the case of their names', () => {
    const packed = new ZipArchive(hostileZip([{ name: 'Xl\\A.xml', content: hello }]));
    const stored = new ZipArchive(storedZip(new Map([['xl/a.xml', hello]])));
    for (const archive of [packed, stored]) {
      expect(archive.names).toEqual(['xl/a.xml']);
      expect(archive.has('XL/a.XML')).toBe(true);
      expect(archive.read('/xl/a.xml').toString()).toBe('hello');
    }
  });

  it('is found before a comment that looks like its end', () => {
    const comment = `PK\u0005\u0006${'x'.repeat(18)}`;
    const bytes = hostileZip([{ name: 'a', content: hello }], { comment });
    expect(new ZipArchive(bytes).read('a').toString()).toBe('hello');
  });

  it.each([
    ['is no archive', Buffer.from('hello'), 'no-archive'],
    ['is empty', Buffer.alloc(0), 'no-archive'],
    ['is cut short', hostileZip([{ name: 'a', content: hello }]).subarray(0, -30), 'no-archive'],
    ['lacks the entry', hostileZip([{ name: 'b', content: hello }]), 'damaged'],
    [
      'has an entry twice',
      hostileZip(['a', 'A'].map((name) => ({ name, content: hello }))),
      'damaged',
    ],
    ['has another checksum', hostileZip([{ name: 'a', content: hello, crc: 1 }]), 'damaged'],
    [
      'is longer than it says',
      hostileZip([{ name: 'a', content: megabyte, saysBytes: 10 }]),
      'damaged',
    ],
    [
      'is shorter than it says',
      hostileZip([{ name: 'a', content: hello, saysBytes: 10 }]),
      'damaged',
    ],
    ['says that it is empty', hostileZip([{ name: 'a', content: hello, saysBytes: 0 }]), 'damaged'],
    [
      'goes beyond the file',
      hostileZip([{ name: 'a', content: hello, saysPackedBytes: 9_999 }]),
      'damaged',
    ],
    [
      'begins beyond the file',
      hostileZip([{ name: 'a', content: hello, offset: 0xffffffff }]),
      'damaged',
    ],
    [
      'begins where nothing begins',
      hostileZip([{ name: 'a', content: hello, offset: 1 }]),
      'damaged',
    ],
    [
      'is packed in an unknown way',
      hostileZip([{ name: 'a', content: hello, method: 12 }]),
      'damaged',
    ],
    [
      'lists more than there is',
      hostileZip([{ name: 'a', content: hello }], { saysEntries: 7 }),
      'damaged',
    ],
    ['has a password', hostileZip([{ name: 'a', content: hello, flags: 1 }]), 'encrypted'],
  ])('is refused when it %s', (_, bytes, code) => {
    expect(refusal(bytes)).toBe(code);
  });

  it.each([
    [
      'swells a thousandfold',
      hostileZip([{ name: 'a', content: Buffer.alloc(maxUnpackedBytes + 1) }]),
    ],
    ['says that it swells', hostileZip([{ name: 'a', content: hello, saysBytes: 0xffffffff }])],
    [
      'has countless entries',
      hostileZip(Array.from({ length: 2_001 }, (_, at) => ({ name: `${at}`, content: hello }))),
    ],
  ])('is too large when it %s', (_, bytes) => {
    expect(refusal(bytes)).toBe('too-large');
  });

  it('is not unpacked further than it says', () => {
    const archive = new ZipArchive(
      hostileZip([{ name: 'a', content: megabyte, saysBytes: 10, crc: 0 }]),
    );
    const cause: unknown = expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' });
    expect(() => archive.read('a')).toThrow(expect.objectContaining({ cause }) as Error);
  });

  it('is too large when its entries together are', () => {
    const count = maxUnpackedBytes / megabyte.length + 1;
    const archive = new ZipArchive(
      hostileZip(Array.from({ length: count }, (_, at) => ({ name: `${at}`, content: megabyte }))),
    );
    const readAll = (): unknown => archive.names.map((name) => archive.read(name));
    expect(readAll).toThrow(expect.objectContaining({ reason: 'too-large' }) as Error);
  });
});

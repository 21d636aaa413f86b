import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { readMultipart } from '../../../../../shared/http/openrosa/read-multipart.ts';
import { multipart } from '../../../../support/collect.ts';

const type = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;

/** A body written by hand; each part has its header's lines, then what it holds. */
function body(
  parts: readonly (readonly [header: string, content: string])[],
  end = '--b--\r\n',
): Buffer {
  const written = parts.map(([header, content]) => `--b\r\n${header}\r\n\r\n${content}\r\n`);
  return Buffer.from(written.join('') + end);
}

const disposition = (name: string, file?: string): string =>
  `Content-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}`;
const xml = (content = '<x/>', header = 'Content-Type: text/xml'): [string, string] => [
  `${disposition('xml_submission_file', 'submission.xml')}\r\n${header}`,
  content,
];
const photo = (name: string, content: string): [string, string] => [
  `${disposition(name, name)}\r\nContent-Type: image/jpeg`,
  content,
];

async function refused(contentType: string, bytes: Uint8Array): Promise<string> {
  try {
    await readMultipart(contentType, bytes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [error.code, ...error.errors.map(({ code }) => code)].join('/');
  }
  return 'nothing';
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('a body of multipart/form-data', () => {
  it('as Collect writes it gives the XML and every file, byte for byte', async () => {
    const files = [
      {
        name: '1700000000000.jpg',
        type: 'image/jpeg',
        bytes: Buffer.from([0, 255, 13, 10, 45, 45]),
      },
      { name: 'été à Thiès.png', type: 'image/png', bytes: Buffer.alloc(300_000, 7) },
      { name: 'audit.csv', type: 'text/csv', bytes: Buffer.from('event,node\r\n') },
      { name: 'empty.txt', type: 'text/plain', bytes: Buffer.alloc(0) },
    ];
    const sent = multipart('<x>é</x>', files, true);
    const read = await readMultipart(sent.headers['content-type'] ?? '', sent.body);
    expect(text(read.xml)).toBe('<x>é</x>');
    expect(read.isIncomplete).toBe(true);
    expect(read.files.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    for (const [index, file] of read.files.entries()) {
      expect(file.type).toBe(files[index]?.type);
      expect(Buffer.from(file.bytes).equals(files[index]?.bytes ?? Buffer.of(1))).toBe(true);
    }
  });

  it.each([
    ['of application/xml', body([xml('<x/>', 'Content-Type: application/xml; charset=UTF-8')])],
    ['of no type and without a file name', body([[disposition('xml_submission_file'), '<x/>']])],
    ['of octets', body([xml('<x/>', 'Content-Type: application/octet-stream')])],
    [
      'sent as binary',
      body([xml('<x/>', 'Content-Type: text/xml\r\nContent-Transfer-Encoding: binary')]),
    ],
    [
      'behind a preamble and before an epilogue',
      Buffer.from(`hello\r\n${body([xml()]).toString()}bye`),
    ],
    [
      'with lines that look like a boundary',
      body([xml('<x/>'), photo('a', '\r\n-b\r\n--c--\r\n')]),
    ],
    ['after its files', body([photo('a.jpg', '1'), xml()])],
  ])('may have its XML %s', async (_, bytes) => {
    expect(text((await readMultipart(type('b'), bytes)).xml)).toBe('<x/>');
  });

  it('may quote its boundary', async () => {
    expect(
      (await readMultipart('multipart/form-data; charset=utf-8; BOUNDARY="b"', body([xml()])))
        .files,
    ).toEqual([]);
  });

  it('names a file by its field, not by its file name', async () => {
    const part = `${disposition('a.jpg', 'C:\\\\b.jpg')}\r\nContent-Type: image/jpeg`;
    const { files } = await readMultipart(type('b'), body([xml(), [part, '1']]));
    expect(files).toMatchObject([{ name: 'a.jpg', type: 'image/jpeg' }]);
  });

  it('may hold the same file twice, and fields that mean nothing', async () => {
    const parts = [
      xml(),
      photo('a', '1'),
      photo('a', '1'),
      [disposition('deviceID'), 'x'] as const,
    ];
    const { files, isIncomplete } = await readMultipart(type('b'), body(parts));
    expect(files).toHaveLength(1);
    expect(isIncomplete).toBe(false);
  });
});

describe('a body that is refused', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => photo(`p${i}`, 'x'));
  it.each([
    ['is no multipart', 'multipart/form-data', body([xml()]), 'not-multipart'],
    ['has another boundary', type('c'), body([xml()]), 'not-multipart'],
    ['has a boundary that there cannot be', type('b\u00e9'), body([xml()]), 'not-multipart'],
    ['has an endless boundary', type('b'.repeat(71)), body([xml()]), 'not-multipart'],
    ['is empty', type('b'), Buffer.alloc(0), 'not-multipart'],
    ['is cut in a file', type('b'), body([xml(), photo('a', 'xyz')], ''), 'not-multipart'],
    ['is cut in its last line', type('b'), body([xml()], '--b-'), 'not-multipart'],
    ['has no part', type('b'), body([]), 'no-xml-part'],
    ['has no XML', type('b'), body([photo('a', '1')]), 'no-xml-part'],
    ['has the XML twice', type('b'), body([xml(), xml()]), 'no-xml-part'],
    [
      'has XML that is a picture',
      type('b'),
      body([xml('', 'Content-Type: image/png')]),
      'no-xml-part',
    ],
    [
      'has a part without a name',
      type('b'),
      body([xml(), ['Content-Type: a/b', '1']]),
      'unreadable-part',
    ],
    [
      'has a part that is no form data',
      type('b'),
      body([xml(), ['Content-Disposition: attachment', '']]),
      'unreadable-part',
    ],
    [
      'has a part without a header',
      type('b'),
      Buffer.from('--b\r\nx--b\r\n\r\n--b--'),
      'unreadable-part',
    ],
    [
      'has a header without end',
      type('b'),
      body([xml(), [`X: ${'x'.repeat(10_000)}\r\n${disposition('a', 'a')}`, '']]),
      'unreadable-part',
    ],
    [
      'has a file outside its folder',
      type('b'),
      body([xml(), photo('../x', '1')]),
      'bad-file-name',
    ],
    ['has a file with a path', type('b'), body([xml(), photo('a/b.jpg', '1')]), 'bad-file-name'],
    ['has a file without a name', type('b'), body([xml(), photo('', '1')]), 'bad-file-name'],
    [
      'has two files of one name',
      type('b'),
      body([xml(), photo('a', '1'), photo('a', '2')]),
      'same-file-name',
    ],
    [
      'is in base64',
      type('b'),
      body([xml('PHgvPg==', 'Content-Type: text/xml\r\nContent-Transfer-Encoding: base64')]),
      'encoded-part',
    ],
  ])('because it %s', async (_, contentType, bytes, told) => {
    expect(await refused(contentType, bytes)).toBe(`malformed-request/${told}`);
  });

  it('because it has more than 200 parts', async () => {
    expect(await refused(type('b'), body([xml(), ...many(199)]))).toBe('nothing');
    expect(await refused(type('b'), body([xml(), ...many(200)]))).toBe('body-too-large');
    expect(await refused(type('b'), body([xml(), ...many(20_000)]))).toBe('body-too-large');
  });
});

describe('any body', () => {
  const whole = body([
    xml('<x>é</x>'),
    photo('a.jpg', '\r\n--'),
    [disposition('*isIncomplete*'), 'yes'],
  ]);

  it('cut anywhere is refused or whole, and always answered', async () => {
    for (let length = 0; length < whole.length - 2; length += 1) {
      const told = await refused(type('b'), whole.subarray(0, length));
      expect(told, String(length)).toBe('malformed-request/not-multipart');
    }
  });

  it('is read or refused with a Fault, never left unanswered', async () => {
    const piece = fc.constantFrom(
      ...[
        '--b',
        '--b--',
        '\r\n',
        '\r\n\r\n',
        '--',
        '\n',
        ':',
        ';',
        'name="',
        'filename=',
        '"',
        '\\',
      ],
      ...['Content-Disposition: form-data; name="a"', 'Content-Type: text/xml', '\0', 'é', 'x'],
      ...[xml().join('\r\n\r\n'), '--b\r\n', '\r\n--b\r\n', '\r\n--b--\r\n'],
    );
    const pieces = fc.array(piece, { maxLength: 20 }).map((all) => Buffer.from(all.join('')));
    const mutilated = fc
      .array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { maxLength: 8 })
      .map((changes) => {
        const changed = Buffer.from(whole);
        for (const { at, byte } of changes) changed[at] = byte;
        return changed;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(pieces, mutilated), async (bytes) => {
        expect(await refused(type('b'), bytes)).toMatch(/^(?:nothing|malformed-request\/)/);
      }),
      { numRuns: 3_000 },
    );
  });
});

import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  collectQrLines,
  collectQrPng,
  collectSettings,
  keyUrl,
} from '../../../../shared/access/collect-qr.ts';
import { readQr, type Modules } from '../../../support/read-qr.ts';

const proof = `0123456789abcdef_${'89abcdef01234567'.repeat(3)}`;
const token = `fiche_ong-alpha_${proof}`;
const settings = collectSettings('https://fiche.example.org', token, 'Maison des Femmes – Dakar');
/** As long as an organisation's id and name can be, on a host with a long name. */
const longest = collectSettings(
  `https://${'fiche.'.repeat(20)}example.org/collecte`,
  `fiche_${'organisation-'.repeat(5).slice(0, 63)}_${proof}`,
  'Réseau des associations pour l’égalité et la santé '.repeat(6).slice(0, 300),
);

/** The chunks of a PNG, their checksums checked. */
function chunksOf(png: Buffer): ReadonlyMap<string, Buffer> {
  expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

/** The code in a PNG of two colours, `scale` pixels a module and `pad` modules around. */
function modulesOfPng(url: string, scale: number, pad: number): Modules {
  const [, base64 = ''] = /^data:image\/png;base64,([A-Za-z0-9+/]+=*)$/.exec(url) ?? [];
  const chunks = chunksOf(Buffer.from(base64, 'base64'));
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect([header[8], header[9], width]).toEqual([1, 3, height]);
  expect(chunks.get('PLTE')).toEqual(Buffer.from([255, 255, 255, 0, 0, 0]));
  const rows = inflateSync(chunks.get('IDAT') ?? '');
  const stride = 1 + Math.ceil(width / 8);
  const pixel = (x: number, y: number) => {
    expect(rows[y * stride]).toBe(0);
    return (((rows[y * stride + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 1;
  };
  for (let edge = 0; edge < width; edge += 1) {
    const margin = pixel(edge, pad * scale - 1) || pixel(pad * scale - 1, edge);
    expect(margin, 'the quiet zone').toBe(false);
  }
  return {
    size: width / scale - 2 * pad,
    dark: (x, y) => pixel((x + pad) * scale + 1, (y + pad) * scale + 1),
  };
}

const blackOnWhite = '\u001b[30;107m';
const asBefore = '\u001b[0m';
const upper = new Set(['▀', '█']);
const lower = new Set(['▄', '█']);

/** The code that lines of a terminal show in black on white, with a margin of `pad` modules. */
function modulesOfLines(lines: readonly string[], pad: number): Modules {
  const rows = lines.map((line) => {
    expect(line.startsWith(blackOnWhite) && line.endsWith(asBefore)).toBe(true);
    return line.slice(blackOnWhite.length, -asBefore.length);
  });
  return {
    size: (rows[0]?.length ?? 0) - 2 * pad,
    dark: (x, y) => {
      const cell = rows[(y + pad) >> 1]?.charAt(x + pad) ?? '';
      return ((y + pad) % 2 === 0 ? upper : lower).has(cell);
    },
  };
}

const decoded = (text: string): unknown =>
  JSON.parse(inflateSync(Buffer.from(text, 'base64')).toString('utf8'));

describe('the settings of Collect', () => {
  it('send and get by the address that holds the token', () => {
    expect(settings).toEqual({
      general: {
        server_url: keyUrl('https://fiche.example.org', token),
        form_update_mode: 'match_exactly',
        autosend: 'wifi_and_cellular',
      },
      admin: {},
      project: { name: 'Maison des Femmes – Dakar' },
    });
    expect(keyUrl('https://x', token)).toBe(`https://x/v1/key/${token}`);
  });
});

describe('the QR code', () => {
  it.each([
    ['as they usually are', settings],
    ['as long as they can be', longest],
  ])('of settings %s is read back from its picture', (_, given) => {
    const { text, level } = readQr(modulesOfPng(collectQrPng(given), 6, 4));
    expect(decoded(text)).toEqual(given);
    expect(level).not.toBe('L');
  });

  it.each([
    ['as they usually are', settings],
    ['as long as they can be', longest],
  ])('of settings %s is read back from a terminal of 80 columns', (_, given) => {
    const lines = collectQrLines(given);
    const modules = modulesOfLines(lines, 4);
    expect(modules.size + 8).toBeLessThanOrEqual(80);
    expect(lines).toHaveLength(Math.ceil((modules.size + 8) / 2));
    expect(decoded(readQr(modules).text)).toEqual(given);
  });
});

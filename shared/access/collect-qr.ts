import { deflateSync } from 'node:zlib';
import { correction, generate, mode, type Bitmap2D, type Correction } from 'lean-qr';
import { toPngDataURL } from 'lean-qr/extras/node_export';

/** What ODK Collect and its kin read from the QR code that sets them up. */
export interface CollectSettings {
  readonly general: Readonly<Record<string, string>>;
  readonly admin: Readonly<Record<string, never>>;
  readonly project: { readonly name: string };
}

/** Where a phone finds the service with that token: all that it may do hangs on this address. */
export function keyUrl(origin: string, token: string): string {
  return `${origin}/v1/key/${token}`;
}

/**
 * The settings with which a phone gets the forms that there are, and sends what was filled in as soon
 * as it has a line. `origin` as clients find the service, `name` as the phone is to call it. Keys and
 * values: docs.getodk.org/collect-import-export. What is left out has Collect's own default; `general`
 * and `admin` must be there.
 */
export function collectSettings(origin: string, token: string, name: string): CollectSettings {
  return {
    general: {
      server_url: keyUrl(origin, token),
      form_update_mode: 'match_exactly',
      autosend: 'wifi_and_cellular',
    },
    admin: {},
    project: { name },
  };
}

/** Pixels for each module: a phone's camera reads it from a screen and from paper. */
const pixels = 6;
/** Light modules around the code without which readers do not find it (ISO/IEC 18004, 6.3.8). */
const quietZone = 4;

/** Collect takes the settings as JSON, through zlib, in base64: half as long as they are, or so. */
function qrOf(settings: CollectSettings, minCorrectionLevel: Correction): Bitmap2D {
  const text = deflateSync(JSON.stringify(settings), { level: 9 }).toString('base64');
  return generate(mode.ascii(text), { minCorrectionLevel });
}

/**
 * The QR code that Collect scans, as a PNG in a data URL. A sixth of it can be read wrong (level M),
 * for it may be printed and carried about.
 */
export function collectQrPng(settings: CollectSettings): string {
  const qr = qrOf(settings, correction.M);
  return toPngDataURL(qr, {
    on: [0, 0, 0],
    off: [255, 255, 255],
    pad: quietZone,
    scale: pixels,
  });
}

const blackOnWhite = '\u001b[30;107m';
const asBefore = '\u001b[0m';
/** By what is dark of a cell of the terminal: nothing, its lower half, its upper half, both. */
const halves = [' ', '▄', '▀', '█'] as const;

/**
 * The same for a terminal, two rows of modules a line, in black on white whatever the terminal's own
 * colours are: many readers do not know a code in negative. As little correction as there is (level
 * L), so that it is not wider than the window.
 */
export function collectQrLines(settings: CollectSettings): string[] {
  const qr = qrOf(settings, correction.L);
  const lines: string[] = [];
  for (let y = -quietZone; y < qr.size + quietZone; y += 2) {
    let line = '';
    for (let x = -quietZone; x < qr.size + quietZone; x += 1) {
      line += halves[(qr.get(x, y) ? 2 : 0) + (qr.get(x, y + 1) ? 1 : 0)] ?? '';
    }
    lines.push(blackOnWhite + line + asBefore);
  }
  return lines;
}

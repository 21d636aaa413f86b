/** `&`, then one of XML's own five entities or a character by its number; a bare `&` is none. */
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const odd =
  /[^\t\n\r -\ufffd]|\]\]>|<[!?]|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/g;

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Whether a document holds, from `from` on, more than elements, attributes and text: comments,
 * instructions, a DOCTYPE, CDATA, other entities, or characters that XML does not have.
 */
export function unusual(document: string, from: number): boolean {
  odd.lastIndex = from;
  if (odd.test(document) || !document.isWellFormed()) return true;
  if (!document.includes('&#')) return false;
  for (const [, , decimal, hex] of document.matchAll(reference)) {
    const code = codeOf(decimal, hex);
    if (code !== undefined && !isCharacter(code)) return true;
  }
  return false;
}

/** Text of a document that is not unusual, references resolved. */
export function plainText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    reference,
    (_, entity: string | undefined, decimal: string | undefined, hex: string | undefined) => {
      if (entity !== undefined) return entities.get(entity) ?? '';
      return String.fromCodePoint(codeOf(decimal, hex) ?? 0);
    },
  );
}

function codeOf(decimal: string | undefined, hex: string | undefined): number | undefined {
  if (decimal !== undefined) return Number.parseInt(decimal, 10);
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

/** Char of XML 1.0. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  if (code <= 0xd7ff) return true;
  return code <= 0x10ffff && code >= 0xe000 && code !== 0xfffe && code !== 0xffff;
}

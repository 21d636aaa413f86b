/** Characters that Excel can hold in a cell, as UTF-16 units. */
const mostCharacters = 32_767;
/** Larger numbers Excel takes for a damaged file. */
const largestNumber = 9.99e307;

/** What needs no look: neither markup, nor a control character, nor half of a pair, nor Excel's escapes. */
const needsCare = /[^ -%'-;=?-^`-\ud7ff\ue000-\ufffd]/;

/** Styles of cells, by their index in the styles part (see workbook-writer.ts). */
export const styles = {
  header: 1,
  date: 2,
  dateTime: 3,
  dateTimeUtc: 4,
  time: 5,
  timeUtc: 6,
  wrapped: 7,
} as const;

/** Texts of cells as SpreadsheetML, and how many of them had to be cut. */
export class CellTexts {
  cut = 0;
  readonly #exact: boolean;

  /** `exact`: nothing is cut, and what XML cannot hold is escaped as Excel does, so that it can be read again. */
  constructor({ exact }: { readonly exact: boolean }) {
    this.#exact = exact;
  }

  /** What follows `<c r="A1` for a text: never a formula, whatever it begins with. */
  text(text: string): string {
    const short = text.length > mostCharacters && !this.#exact ? this.#shortened(text) : text;
    const isEdged = short.charCodeAt(0) <= 32 || short.charCodeAt(short.length - 1) <= 32;
    return `" t="inlineStr"><is><t${isEdged ? ' xml:space="preserve"' : ''}>${this.#exact ? exactly(short) : escaped(short)}</t></is></c>`;
  }

  /** A longer text than a cell can hold ends with how many characters are not there. */
  #shortened(text: string): string {
    this.cut += 1;
    const room = mostCharacters - `… [+${text.length}]`.length;
    const end = isHighSurrogate(text.charCodeAt(room - 1)) ? room - 1 : room;
    return `${text.slice(0, end)}… [+${text.length - end}]`;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit < 0xdc_00;
}

/** What follows `<c r="A1` for a number; one that Excel cannot hold is written as text. */
export function numberCell(value: number, texts: CellTexts): string {
  if (Math.abs(value) > largestNumber) return texts.text(String(value));
  return `"><v>${value}</v></c>`;
}

/** What follows `<c r="A1` for a number with a style. */
export function styledCell(value: number, style: number): string {
  return `" s="${style}"><v>${value}</v></c>`;
}

export function booleanCell(value: boolean): string {
  return `" t="b"><v>${value ? 1 : 0}</v></c>`;
}

/**
 * Text as XML that Excel gives back as it is (ECMA-376 part 1, 22.9.2.19): what looks like an escape
 * of Excel's is escaped, what XML cannot hold becomes U+FFFD. Line breaks are as XML reads them.
 */
function escaped(text: string): string {
  if (!needsCare.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\t\n -\ufffd]/g, '\ufffd')
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

/** The same, but what XML cannot hold, and a CR, which it would not keep, stand in it by their numbers. */
function exactly(text: string): string {
  if (!needsCare.test(text)) return text;
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(/[^\t\n -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, (unit) => {
      const code = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      return `_x${code}_`;
    })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A name as XML, between the quotes of an attribute. */
export function escapedAttribute(text: string): string {
  return escaped(text)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\n\t]/g, ' ');
}

/** The name of a column: A, B, … Z, AA. `index` from 0. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    name = String.fromCharCode(65 + (rest % 26)) + name;
  }
  return name;
}

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The number that a decimal text means, unless it is not exact: beyond ±(2^53 − 1). */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numberPattern.test(trimmed)) return undefined;
  const value = Number(trimmed) + 0;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** XPath's string() of a number: no exponent, no `.0`, no `-0`. */
export function numberToText(value: number): string {
  if (value === 0) return '0';
  const text = String(value);
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const exponent = Number(text.slice(exponentAt + 1));
  const sign = value < 0 ? '-' : '';
  const [whole = '', fraction = ''] = text.slice(sign.length, exponentAt).split('.');
  return exponent < 0
    ? `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
    : `${sign}${whole}${fraction.padEnd(exponent, '0')}`;
}

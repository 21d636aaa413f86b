const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The number that a decimal text means, unless it is not exact: beyond ±(2^53 − 1). */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numberPattern.test(trimmed)) return undefined;
  const value = Number(trimmed) + 0;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

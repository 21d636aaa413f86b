import type { Rung } from './rung.ts';

/**
 * Widths of bands. Each divides the next one: of 20 and 50, which people like, a band of one would lie
 * across two of the other, and two versions of a dataset together would tell more than either.
 */
const widths = [5, 10, 20, 100, 200, 1_000, 10_000, 100_000, 1_000_000, 1_000_000_000] as const;

/** Bands of numbers: `20–24` of whole ones, `20–<25` of others. What is no number is not told. */
export function numberRungs(kind: 'integer' | 'decimal'): readonly Rung[] {
  const of = kind === 'integer' ? widths : [1, ...widths];
  return of.map((width): Rung => ({
    told: 'coarse',
    representative: (token) => {
      const start = startOf(token, width);
      return start === undefined ? '' : String(start);
    },
    text: (token) => {
      const start = startOf(token, width);
      if (start === undefined) return '';
      return kind === 'integer' ? `${start}–${start + width - 1}` : `${start}–<${start + width}`;
    },
    done: { fr: `tranches de ${width}`, en: `bands of ${width}` },
  }));
}

function startOf(token: string, width: number): number | undefined {
  if (token === '') return undefined;
  const value = Number(token);
  // Beyond it, one more is the same number.
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER / 2) return undefined;
  // A quotient is rounded, a remainder is not. No minus before a zero.
  const whole = Math.floor(value);
  return whole - (((whole % width) + width) % width) + 0;
}

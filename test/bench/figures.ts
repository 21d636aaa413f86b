import { cpus, totalmem } from 'node:os';

/** One measured figure beside its baseline of the same run, and what it should reach. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly baseline: string;
  /** Compared with `target`; in the unit that `target` names. */
  readonly value: number;
  readonly target: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: '%' | '×' | 'MB' | 'KB' | 'ms' | '';
}

export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which a share of all values lies; `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs the two in turn, so that what the machine does meanwhile falls on both alike. */
export async function alternate<A, B>(
  runs: number,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<{ first: A[]; second: B[] }> {
  const results: { first: A[]; second: B[] } = { first: [], second: [] };
  for (let run = 0; run < runs; run += 1) {
    results.first.push(await first());
    results.second.push(await second());
  }
  return results;
}

export function reached({ value, target }: Figure): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

function rounded(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { target, unit } = figure;
    const goal = 'atLeast' in target ? `≥ ${target.atLeast} ${unit}` : `≤ ${target.atMost} ${unit}`;
    const mark = reached(figure) ? 'yes' : '**no**';
    return `| ${figure.what} | ${figure.measured} | ${figure.baseline} | ${rounded(figure.value)} ${unit} | ${goal} | ${mark} |`;
  });
  return [
    '| figure | measured | baseline of the same run | value | target | reached |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The machine in a line, without its name or address. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node.js ${process.version}, SQLite ${process.versions['sqlite'] ?? 'unknown'}`;
}

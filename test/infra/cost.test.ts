import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  costOf,
  lines,
  prices,
  totalOf,
  usageOf,
  type Deployment,
} from '../support/monthly-cost.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const page = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');
const { service } = synthesise();
const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm').size;

const usual = { compileEvery: 60, canaryEvery: 15, keepVersions: 30, keepDays: 90, alarms };
const lean = { compileEvery: 1440, canaryEvery: 60, keepVersions: 7, keepDays: 0, alarms };
const sizes = [1000, 100_000, 1_000_000] as const;

const dollars = (amount: number): string =>
  amount > 0 && amount < 0.005 ? '< 0.01' : amount.toFixed(2);
const whole = (amount: number): string =>
  amount < 10 && amount % 1 !== 0 ? amount.toFixed(1) : Math.round(amount).toLocaleString('en');
const table = (rows: readonly (readonly string[])[]): string[] =>
  rows.map((cells) => cells.join(' | '));

/** The rows of the table under a heading, cells trimmed. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  return body
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[ |:-]+\|$/.test(line))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
        .join(' | '),
    );
}

const of = (
  submissions: number,
  settings: Omit<Deployment, 'submissions'> = usual,
): Deployment => ({
  submissions,
  ...settings,
});

describe('docs/cost.md', () => {
  it('says what each part costs', () => {
    const costs = lines.map((line) => [
      line,
      ...sizes.map((size) => dollars(costOf(line, usageOf(of(size))[line], false))),
    ]);
    const totals = [
      ['**list prices, all**', usual, false],
      ['**after what is free for ever**', usual, true],
      ['**the same, compiled by the day**', lean, true],
    ] as const;
    const sums = totals.map(([name, settings, free]) => [
      name,
      ...sizes.map((size) => `**${dollars(totalOf(of(size, settings), free))}**`),
    ]);
    expect(rowsUnder('What it costs')).toEqual(table([...costs, ...sums]));
  });

  it('says how much of each is used', () => {
    const used = lines.map((line) => [
      line,
      prices[line].unit,
      ...sizes.map((size) => whole(usageOf(of(size))[line])),
    ]);
    expect(rowsUnder('What is used')).toEqual(table(used));
  });

  it('says where each price is from', () => {
    const sources = lines.map((line) => {
      const { usd, per, unit, source, known, ...rest } = prices[line];
      const free = 'free' in rest ? whole(rest.free) : '';
      return [line, `${usd} for ${whole(per)} ${unit}`, free, `<${source}>`, known];
    });
    expect(rowsUnder('Prices')).toEqual(table(sources));
  });

  it('says how many alarms there are', () => {
    expect(page).toContain(`${alarms} alarms`);
  });
});

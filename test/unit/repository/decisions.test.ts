import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decisionsIndex, readDecisions } from '../../../.ci/docs/decisions-index.ts';

const decisions = readDecisions('.');
const numbers = decisions.map(({ number }) => number);

describe('the records of decisions', () => {
  it('have one number each, the one in the name of the file', () => {
    expect(decisions.map(({ file }) => Number(file.slice(0, 4)))).toEqual(numbers);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('name others that there are', () => {
    for (const { file, status } of decisions) {
      const text = readFileSync(join('docs/decisions', file), 'utf8');
      const named = `${status} ${text}`.matchAll(/(?:decision|amended by|superseded by) (\d+)/gi);
      for (const [, number] of named) expect(numbers, file).toContain(Number(number));
    }
  });

  it('are all in the index, each once', () => {
    const files = [...decisionsIndex('.').matchAll(/\]\((.+?)\)/g)].map(([, file]) => file);
    expect(files.sort()).toEqual(decisions.map(({ file }) => file));
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { progressOf } from '../../../local/progress-bar.ts';

const { isTTY } = process.stderr;
afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.restoreAllMocks();
});

describe('the progress bar', () => {
  it('leaves the terminal its cursor, for Ctrl-C may end the tool at any moment', () => {
    let drawn = '';
    process.stderr.isTTY = true;
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      drawn += String(text);
      return true;
    });
    const silent = () => undefined;
    const terminal = { language: 'fr', interactive: true, out: silent, err: silent } as const;
    const progress = progressOf(
      { ...terminal, write: () => Promise.resolve() },
      { fr: 'Import', en: 'Importing' },
    );
    progress.at(1, 2);
    const atOnce = drawn;
    progress.end();
    expect(atOnce).toContain('Import');
    expect(atOnce).not.toContain('\u001b[?25l');
  });
});

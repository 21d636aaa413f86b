import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')].sort();
const tops = ['shared', 'functions', 'infra', 'local', 'web', 'test', 'forms', 'docs', '\\.ci'];
const code = new RegExp(`^(?:${tops.join('|')})/[\\w./-]*$`);

/** What a page calls a path of the repository, up to the first `<placeholder>` or `*`. */
function pathsIn(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  return spans.map((span) => span.replace(/[<*{].*$/, '')).filter((span) => code.test(span));
}

/** Where a page's links lead, in the repository. */
function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !/^(https?|mailto):/.test(target));
}

/** The name by which GitHub links to a heading. */
function anchor(heading: string): string {
  const words = heading.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim();
  return words.toLowerCase().replaceAll(' ', '-');
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links to pages and headings that there are', () => {
    for (const link of linksIn(text)) {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(target), link).toBe(true);
      if (heading === undefined) continue;
      const headings = readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm);
      expect(
        [...headings].map(([, title]) => anchor(title ?? '')),
        link,
      ).toContain(heading);
    }
  });

  it('names scripts of npm that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...text.matchAll(/npm run (?:--silent |-s )?([\w-]+(?::[\w-]+)*)/g)].map(
      ([, name]) => name,
    );
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });
});

// What a decision was about may have gone since.
it.each(pages.filter((page) => !/decisions\/\d/.test(page)))(
  '%s names paths that there are',
  (page) => {
    expect(pathsIn(readFileSync(page, 'utf8')).filter((path) => !existsSync(path))).toEqual([]);
  },
);

/** Of `npm version`: what was unreleased in CHANGELOG.md gets the new version and today's date. */
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const heading = '## [Unreleased]\n';
const changelog = readFileSync('CHANGELOG.md', 'utf8');
if (!changelog.includes(heading)) throw new Error(`CHANGELOG.md has no "${heading.trim()}".`);
const today = new Date().toISOString().slice(0, 10);
writeFileSync(
  'CHANGELOG.md',
  changelog.replace(heading, `${heading}\n## [${version}] - ${today}\n`),
);

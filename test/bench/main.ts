/**
 * `npm run bench [-- name…] [--write]`: measures, prints one table, and with --write puts it in
 * docs/bench.md. Ends with 1 if a figure misses its target.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { bundlesBench } from './bundles.ts';
import { compileBench } from './compile.ts';
import { consumedBench } from './consumed.ts';
import { deployedBench } from './deployed.ts';
import { formatsBench } from './formats.ts';
import { millionBench } from './million.ts';
import { machine, reached, tableOf, type Figure } from './figures.ts';
import { odataBench } from './odata.ts';
import { openRosaBench } from './openrosa.ts';
import { publicFilesBench } from './public-files.ts';
import { stallBench } from './stall.ts';
import { submissionsBench } from './submissions.ts';
import { validationBench } from './validation.ts';
import { xlsformBench } from './xlsform.ts';

const benches = [
  submissionsBench,
  consumedBench,
  openRosaBench,
  validationBench,
  xlsformBench,
  publicFilesBench,
  stallBench,
  compileBench,
  formatsBench,
  millionBench,
  odataBench,
  bundlesBench,
  // Needs more than Node.js: measured when it is there, or asked for by name.
  ...(process.env['FICHE_EMULATOR'] === undefined ? [] : [deployedBench]),
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0) {
  console.error(`No such bench. There are: ${benches.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const figures: Figure[] = [];
for (const bench of chosen) {
  console.error(`${bench.name}…`);
  figures.push(...(await bench.run()));
}
const report = `${machine()}; ${new Date().toISOString().slice(0, 10)}.\n\n${tableOf(figures)}\n`;
console.log(report);

/** Rows of a table as it stands in Markdown, by what they are about. */
function rowsOf(table: string): Map<string, string> {
  const lines = table.split('\n').filter((line) => /^\| [^-]/.test(line));
  return new Map(lines.slice(1).map((line) => [line.split('|')[1]?.trim() ?? '', line]));
}

if (values.write) {
  const file = 'docs/bench.md';
  const [head = '', before = ''] = (await readFile(file, 'utf8')).split('<!-- figures -->');
  // What was not measured now stays as it was.
  const kept = chosen.length < benches.length ? rowsOf(before) : new Map<string, string>();
  const rows = new Map([...kept, ...rowsOf(report)]);
  const [title = '', rule = ''] = tableOf([]).split('\n');
  const table = [title, rule, ...rows.values()].join('\n');
  const written = `${head}<!-- figures -->\n\n${report.split('\n')[0] ?? ''}\n\n${table}\n`;
  await writeFile(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}
if (!figures.every(reached)) process.exitCode = 1;

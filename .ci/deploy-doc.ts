/**
 * Runs the commands of docs/deploy.md as they stand there, every fenced block marked `sh`, in order,
 * against an emulator of AWS that knows nothing yet. Tells how long it took from nothing to the
 * first accepted submission. Ends with a line `N passed, N failed`.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgainst } from '../test/support/deployment.ts';
import { startEmulator } from '../test/support/emulator.ts';

const text = readFileSync('docs/deploy.md', 'utf8');
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) =>
  block.trim(),
);

const emulator = await startEmulator();
const home = await mkdtemp(join(tmpdir(), 'fiche-operator-'));
let passed = 0;
let failed = 0;
try {
  // Nobody is there to be asked; the emulator knows no budgets, and no resolver its distributions.
  await writeFile(
    join(home, '.cdk.json'),
    JSON.stringify({ requireApproval: 'never', context: { edge: false, budget: 0 } }),
  );
  const environment = {
    ...emulator.environment,
    HOME: home,
    npm_config_cache: join(homedir(), '.npm'),
    NODE_OPTIONS: `--import=${new URL('resolve-localhost.mjs', import.meta.url).pathname}`,
  };
  const startedAt = performance.now();
  for (const block of blocks) {
    console.log(`\n$ ${block.replaceAll('\n', '\n$ ')}`);
    const { code, output } = await runAgainst({ environment }, 'bash', [
      '-euo',
      'pipefail',
      '-c',
      block,
    ]);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    // A deployment is a line for each resource: its end tells how it went.
    console.log(code === 0 ? output.split('\n').slice(-40).join('\n') : output);
    console.log(`(${seconds} s since the first command)`);
    if (code === 0) passed += 1;
    else {
      failed += 1;
      console.log(`FAILED: ended with ${String(code)}`);
    }
  }
} finally {
  await emulator.end();
  await rm(home, { recursive: true, force: true });
}
if (blocks.length === 0) failed += 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

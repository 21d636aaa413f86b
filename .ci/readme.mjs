/**
 * Runs the commands of README.md as they stand there: every fenced block marked `sh`, in order. A
 * block that ends with `npm start` goes on in the background, as in a terminal of its own. Plain
 * JavaScript on any Node.js: it runs before `npm ci` has brought the project's own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => text.trim(),
);
const background = /(^|\n|&& )npm start$/;
let passed = 0;
let failed = 0;
let server;

function run(text, { detached }) {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached,
  });
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => process.stdout.write(chunk));
  return child;
}

/** Resolves when the server says where it is; rejects if it ends first. */
function ready(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (/http:\/\/localhost:\d+/.test(output)) resolve();
    });
    child.once('close', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
}

for (const text of blocks) {
  console.log(`\n$ ${text.replaceAll('\n', '\n$ ')}`);
  try {
    const isServer = background.test(text);
    const child = run(text, { detached: isServer });
    if (isServer) {
      server = child;
      await ready(child);
    } else {
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`ended with ${code}`);
    }
    passed += 1;
  } catch (error) {
    console.log(`FAILED: ${error.message}`);
    failed += 1;
  }
}
if (server?.pid !== undefined && server.exitCode === null) {
  const closed = once(server, 'close');
  process.kill(-server.pid, 'SIGTERM');
  await closed;
}
if (blocks.length === 0) failed += 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

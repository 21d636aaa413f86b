/**
 * A whole server in this process, sent hostile bodies by the parent over HTTP; on any line of
 * standard input it prints the longest time, in ms, for which its event loop stood still since the last one.
 */
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { startServer } from '../../local/server.ts';

const home = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
const server = await startServer({ home, port: 0, compileEvery: 0 });
const token = (await readFile(join(home, 'coordinator.token'), 'utf8')).trim();
const resolution = 2;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
process.stdout.write(`${JSON.stringify({ url: server.url, token, home })}\n`);
const lines = createInterface({ input: process.stdin });
lines.on('line', () => {
  process.stdout.write(`${(delay.max / 1e6 - resolution).toFixed(3)}\n`);
  delay.reset();
});
await once(lines, 'close');
await server.close();

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from '../../shared/config.ts';

/** A Fiche server in a process of its own, as `npm start` runs it. */
export interface RunningServer {
  readonly url: string;
  readonly home: string;
  readonly coordinatorToken: string;
  readonly pid: number;
  /** Everything that it has printed so far. */
  output(): string;
  /** Asks this very process to end, and waits for its exit code; null when it was killed. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
  /** Ends this very process and waits until it has ended. A home of its own goes with it, unless killed hard. */
  kill(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void>;
}

interface StartOptions {
  /** The folder to serve; absent: a new one. */
  readonly home?: string;
  /** Seconds between compiles; absent: never by itself. */
  readonly compileEvery?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const readyLine = /^.*(http:\/\/localhost:\d+).*$/m;

/** Starts a server on a free port and waits for the line that says it is ready. Rejects with its output if it ends first. */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'fiche-test-')));
  const child = spawn(process.execPath, ['local/start.ts'], {
    cwd: new URL('../..', import.meta.url),
    env: {
      ...process.env,
      [env.home]: home,
      [env.port]: '0',
      [env.compileEvery]: String(options.compileEvery ?? 0),
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const leaveNoOrphan = () => child.kill('SIGKILL');
  process.once('exit', leaveNoOrphan);
  const ended = once(child, 'close').finally(() => process.off('exit', leaveNoOrphan));
  const end = async (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };

  let output = '';
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: string) => {
      output += chunk;
      const found = readyLine.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('close', (code) => {
      reject(new Error(`The server ended (${String(code)}) before it was ready:\n${output}`));
    });
  });

  return {
    url,
    home,
    coordinatorToken: (await readFile(join(home, 'coordinator.token'), 'utf8')).trim(),
    pid: child.pid ?? 0,
    output: () => output,
    end,
    async kill(signal = 'SIGTERM') {
      await end(signal);
      if (options.home === undefined && signal !== 'SIGKILL') {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}

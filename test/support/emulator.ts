import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { openTlsFront } from './tls-front.ts';

/**
 * An emulator of AWS in a process of its own, MiniStack, which runs functions too. Needs more than
 * Node.js, so only `.ci/run` and who asks for it use it: FICHE_EMULATOR names the program.
 */
export interface Emulator {
  readonly url: string;
  /** What the SDK, the CDK and `fiche` need in their environment to speak to it and to nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that it has printed so far, with what functions print. */
  output(): string;
  /** The group of processes that it and the functions are in. */
  readonly group: number | undefined;
  /** Ends this very process, and the functions with it. */
  end(): Promise<void>;
}

/**
 * Environment variables of its own, such as LAMBDA_KEEPALIVE_MS; some need to know where it will be.
 */
export type EmulatorSettings =
  Readonly<Record<string, string>> | ((url: string) => Readonly<Record<string, string>>);

const region = 'eu-west-3';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('No port.');
  return address.port;
}

/** The program to run. Throws if nobody has said which. */
function program(): string {
  const found = process.env['FICHE_EMULATOR'];
  if (found !== undefined && found !== '') return found;
  throw new Error('FICHE_EMULATOR names the program of MiniStack: see docs/deploy.md.');
}

/**
 * Starts an empty emulator on a free port of this machine and waits until it answers. Functions run
 * in the Node.js that runs this. Rejects with its output if it ends first.
 */
export async function startEmulator(settings: EmulatorSettings = {}): Promise<Emulator> {
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  const given = typeof settings === 'function' ? settings(own) : settings;
  // Who evaluates policies finds that buckets want TLS.
  const front = given['AUTH'] === 'true' ? await openTlsFront(port) : undefined;
  const url = front?.url ?? own;
  const child = spawn(program(), [], {
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      AWS_ENDPOINT_URL: url,
      ...given,
    },
    // A group of its own: the processes of functions end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killAll = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // They have ended already.
    }
  };
  process.once('exit', killAll);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close').finally(() => process.off('exit', killAll));
  while (!(await answers(url))) {
    if (child.exitCode !== null) {
      throw new Error(`The emulator ended before it was ready:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      CDK_DEFAULT_REGION: region,
    },
    output: () => output,
    group: child.pid,
    end: async () => {
      await front?.close();
      child.kill('SIGTERM');
      const late = setTimeout(killAll, 10_000);
      await ended;
      clearTimeout(late);
      killAll();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_localstack/health`)).ok;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child process that printed its first line; ended by its own id. */
export interface Child {
  readonly firstLine: string;
  stop(): Promise<void>;
}

/** Starts `script` with Node.js and waits for the line that it prints when it is ready. */
export async function startChild(script: string, words: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, [script, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error(`${script} ended before it was ready.`);
  return {
    firstLine: first.value,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs `script` to its end and gives what it printed, as JSON. */
export async function runChild(
  script: string,
  words: readonly string[],
  flags: readonly string[] = [],
): Promise<unknown> {
  const child = spawn(process.execPath, [...flags, script, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += String(chunk);
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}.`);
  return JSON.parse(text) as unknown;
}

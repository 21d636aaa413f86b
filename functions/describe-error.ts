import { Fault } from '../shared/fault.ts';

export interface DescribedError {
  /** The class of the error. */
  readonly name: string;
  /** A fault's code, or the one of Node.js, such as ECONNRESET. */
  readonly code?: string;
  /** Where it was thrown: functions, files and lines. */
  readonly frames: readonly string[];
  readonly cause?: DescribedError;
}

const frame = /^\s+at (.+:\d+:\d+\)?)$/;
const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

function plain(text: unknown): string | undefined {
  return typeof text === 'string' && plainName.test(text) ? text : undefined;
}

function codeOf(error: Error): string | undefined {
  if (error instanceof Fault) return error.code;
  return 'code' in error ? plain(error.code) : undefined;
}

/**
 * What a log may keep of an error: never its message, for messages quote what they choke on, and
 * that can be an answer or a token. `depth` causes are followed.
 */
export function describeError(error: unknown, depth = 3): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = codeOf(error);
  // The stack begins with the message, whose lines may look like frames.
  const stack = error.stack ?? '';
  const message = stack.indexOf(error.message);
  const frames = stack
    .slice(message === -1 ? 0 : message + error.message.length)
    .split('\n')
    .flatMap((line) => frame.exec(line)?.[1] ?? [])
    .slice(0, 12);
  return {
    name: plain(error.name) ?? 'Error',
    ...(code === undefined ? {} : { code }),
    frames,
    ...(error.cause === undefined || depth === 0
      ? {}
      : { cause: describeError(error.cause, depth - 1) }),
  };
}

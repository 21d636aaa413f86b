import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A file that a form needs, as its manifest would offer it, or that an answer is. */
export interface EngineFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * One answer, given by its place: `/data/household[2]/name`. Repeat instances are added as needed; a
 * repeat itself, without an index, is set to have none.
 */
export interface Setting {
  readonly reference: string;
  /** As the instance XML would hold it: codes parted by spaces, ISO dates, `OK`, the file's name. */
  readonly value: string;
}

export interface FillRequest {
  /** The XForm. */
  readonly form: string;
  /** What `jr://…/<name>` stands for. */
  readonly media?: readonly EngineFile[];
  readonly settings?: readonly Setting[];
  /** Attachments that settings name. */
  readonly files?: readonly EngineFile[];
  /** Leave the instance as filled, without asking for the submission. */
  readonly valuesOnly?: boolean;
}

/** What the engine made of a form that it filled. */
export interface Filled {
  /** Warnings of loading and settings that found no place. */
  readonly problems: readonly string[];
  /** Every leaf that is relevant, in the form's order. */
  readonly values: readonly Setting[];
  readonly violations: readonly { readonly reference: string; readonly condition: string }[];
  /** The submission: its XML and the attachments beside it. */
  readonly xml: string;
  readonly files: readonly EngineFile[];
}

export type EngineReply =
  | { readonly done: true; readonly filled: Filled }
  | { readonly done: false; readonly error: string };

/** The engine never gives back what an instance took, so that its process is ended after so many. */
const fillsPerProcess = 150;

/**
 * ODK Web Forms' engine, which is not of our making: it reads an XForm, fills it as a person would
 * and serialises the submission. It runs in a process of its own, in UTC, one form at a time.
 */
export class XFormsEngine {
  #child: ChildProcess | undefined;
  #fills = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Rejects with what the engine says if it refuses the form or cannot evaluate it. */
  fill(request: FillRequest): Promise<Filled> {
    const next = this.#last.then(() => this.#fill(request));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Ends the engine's process once what was asked for is done. */
  async close(): Promise<void> {
    await this.#last;
    await this.#end();
  }

  async #fill(request: FillRequest): Promise<Filled> {
    if (this.#fills >= fillsPerProcess) await this.#end();
    this.#fills++;
    this.#child ??= fork(new URL('./xforms-engine-process.ts', import.meta.url), {
      execArgv: [],
      serialization: 'advanced',
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const reply = await ask(this.#child, request);
    if (reply.done) return reply.filled;
    throw new Error(reply.error);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#fills = 0;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}

function ask(child: ChildProcess, request: FillRequest): Promise<EngineReply> {
  return new Promise((resolve, reject) => {
    const answered = (reply: EngineReply) => {
      child.off('exit', lost);
      resolve(reply);
    };
    const lost = (code: number | null) => {
      child.off('message', answered);
      reject(new Error(`The engine's process ended (${String(code)}) before it had answered.`));
    };
    child.once('message', answered);
    child.once('exit', lost);
    child.send(request, (error) => {
      if (error !== null) reject(error);
    });
  });
}

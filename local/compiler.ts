import { Worker } from 'node:worker_threads';
import * as z from 'zod';

interface CompilerEvents {
  /** Readers may find something new. */
  readonly onPublished: () => void;
  /** A compile failed; `error` has no personal data in it. */
  readonly onFailed: (error: unknown) => void;
  /** Everything was verified, and what differed was compiled anew. */
  readonly onVerified: (report: Verified) => void;
  /** The thread died with these runs unfinished. */
  readonly onAbandoned: (runIds: readonly string[]) => void;
}

/**
 * Compiles in a thread of its own, never two at once. Who asks while one is under way gets the next
 * one, for that one may have read past what they have just sent; all who wait share it.
 */
export class Compiler {
  readonly #home: string;
  readonly #events: CompilerEvents;
  #worker: Worker | undefined;
  #underWay: CompileOrder | undefined;
  #waiting: string[] = [];
  #again = false;
  #verify = false;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(home: string, events: CompilerEvents) {
    this.#home = home;
    this.#events = events;
  }

  /** Asks for a compile on behalf of a run. */
  request(runId: string): void {
    this.#waiting.push(runId);
    this.#again = true;
    this.#next();
  }

  /** Compiles once and waits for the end; if one is under way already, for that one's. */
  async tick(): Promise<void> {
    if (this.#closed) return;
    if (this.#underWay === undefined) {
      this.#again = true;
      this.#next();
    }
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Verifies everything once what is under way has ended, and waits for the end. */
  async verify(): Promise<void> {
    if (this.#closed) return;
    this.#verify = true;
    this.#next();
    while (this.#isVerifying()) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
      });
    }
  }

  #isVerifying(): boolean {
    return !this.#closed && (this.#verify || this.#underWay?.verify === true);
  }

  /** Stops, in the middle if need be: a compile that is cut short leaves the old versions in place. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
    this.#rest();
  }

  #next(): void {
    if (this.#underWay !== undefined || this.#closed) return;
    if (this.#again) {
      this.#again = false;
      this.#underWay = { runIds: this.#waiting, verify: false };
      this.#waiting = [];
    } else if (this.#verify) {
      this.#verify = false;
      this.#underWay = { runIds: [], verify: true };
    } else {
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#underWay);
  }

  #start(): Worker {
    const workerData: WorkerSettings = { home: this.#home };
    const worker = new Worker(new URL('./compile-worker.ts', import.meta.url), { workerData });
    worker.on('message', (message) => this.#hear(CompileNews.parse(message)));
    worker.on('error', (error) => this.#events.onFailed(error));
    worker.on('exit', () => {
      this.#worker = undefined;
      const abandoned = this.#underWay?.runIds ?? [];
      if (!this.#closed && abandoned.length > 0) this.#events.onAbandoned(abandoned);
      this.#rest();
    });
    worker.unref();
    return worker;
  }

  #hear(news: CompileNews): void {
    if (news.what === 'published') {
      this.#events.onPublished();
      return;
    }
    if (news.what === 'failed') this.#events.onFailed(news.error);
    if (news.what === 'verified') this.#events.onVerified(news.report);
    this.#rest();
  }

  #rest(): void {
    this.#underWay = undefined;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
    this.#next();
  }
}

/** What the thread that compiles is given when it starts. */
export const WorkerSettings = z.object({ home: z.string() });
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** Compile once, on behalf of all these runs (none: the schedule asks), or verify everything. */
export const CompileOrder = z.object({
  runIds: z.array(z.string()),
  verify: z.boolean().default(false),
});
export type CompileOrder = z.infer<typeof CompileOrder>;

/** What a verification has found: what, and what is the matter with it. */
const Verified = z.object({
  shards: z.int(),
  datasets: z.int(),
  files: z.int(),
  rows: z.int(),
  drift: z.array(z.object({ what: z.string(), problem: z.string() })),
});
type Verified = z.infer<typeof Verified>;

/** What it tells: that readers may find something new, then how it ended. */
export const CompileNews = z.discriminatedUnion('what', [
  z.object({ what: z.literal('published') }),
  z.object({ what: z.literal('done') }),
  z.object({ what: z.literal('verified'), report: Verified }),
  z.object({ what: z.literal('failed'), error: z.unknown() }),
]);
export type CompileNews = z.infer<typeof CompileNews>;

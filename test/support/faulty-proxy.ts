import { once } from 'node:events';
import { Agent, createServer, request as sendRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  garbledAnswer,
  refusalOf,
  refusals,
  unprocessedBatch,
  type AskedStore,
  type RawAnswer,
  type Refusal,
} from './store-refusals.ts';

/** What can go wrong on the way to a store and back. */
export type StoreFault =
  /** The store refuses and does nothing; of a batch, it says that it had no time for any key. */
  | Refusal
  | 'unprocessed'
  /** The connection breaks, or nothing is ever heard: before the store has it, or after it did it. */
  | 'reset-before'
  | 'reset-after'
  | 'silent-before'
  | 'silent-after'
  /** It was done, but the answer comes a byte at a time, breaks off, or is someone else's. */
  | 'trickle'
  | 'truncated'
  | 'garbled'
  /** The answer comes late, but in time. */
  | 'slow';

/** A request on its way to a store. */
export interface Passing {
  /** From 1, since the plan was made. */
  readonly number: number;
  readonly store: AskedStore;
  /** DynamoDB's name for it; else the method. */
  readonly operation: string;
  /** Path with the query. */
  readonly path: string;
  readonly isConditional: boolean;
}

/** Decides request by request; undefined: it is passed on as it is. */
export type FaultPlan = (request: Passing) => StoreFault | undefined;

/** Milliseconds between two bytes of a trickle, and those by which a slow answer is late. */
const pace = { trickle: 20, slow: 30 };

/** A server on a free port of this machine, between the SDK and the stores, that does as it is told. */
export class FaultyProxy {
  readonly url: string;
  /** Where requests go: addresses of stores on this machine. */
  targetOf: (store: AskedStore) => string;
  #plan: FaultPlan | undefined;
  #passed: Passing[] = [];
  #faults = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
    this.targetOf = (store) => {
      throw new Error(`Nobody has said where ${store} is.`);
    };
  }

  static async start(): Promise<FaultyProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('No port.');
    const proxy = new FaultyProxy(`http://127.0.0.1:${address.port}`, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      // The store is not there any more, or whoever asked has gone.
      proxy.#serve(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    return proxy;
  }

  /** Counts from 1 again. Undefined: no faults. Whoever still waits for an answer waits on. */
  plan(plan: FaultPlan | undefined): void {
    this.#plan = plan;
    this.#passed = [];
    this.#faults = 0;
  }

  /** Requests since the plan was made, in the order in which they came. */
  get passed(): readonly Passing[] {
    return this.#passed;
  }

  /** Faults since the plan was made. */
  get faults(): number {
    return this.#faults;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.#close();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request: Passing = { number: this.#passed.length + 1, ...kindOf(incoming) };
    this.#passed.push(request);
    const wanted = this.#plan?.(request);
    const fault = wanted !== undefined && fits(wanted, request) ? wanted : undefined;
    if (fault !== undefined) this.#faults += 1;
    const body = await buffer(incoming);
    const send = ({ status, headers, body: text }: RawAnswer): void => {
      outgoing.writeHead(status, headers).end(text);
    };

    if (fault === 'silent-before') return;
    if (fault === 'reset-before') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault === 'unprocessed') {
      send(unprocessedBatch(body));
      return;
    }
    const refused = isRefusal(fault) ? refusalOf(fault, request.store) : undefined;
    if (refused !== undefined) {
      send(refused);
      return;
    }

    const { answer, bytes } = await this.#forward(incoming, body, request.store);
    if (fault === 'silent-after') return;
    if (fault === 'reset-after') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault === 'garbled') {
      send(garbledAnswer);
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault === 'trickle') await trickle(outgoing, bytes);
    else if (fault === 'truncated') {
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
        incoming.socket.destroy();
      });
    } else if (fault === 'slow') setTimeout(() => outgoing.end(bytes), pace.slow);
    else outgoing.end(bytes);
  }

  async #forward(
    { method, url: path, headers }: IncomingMessage,
    body: Buffer,
    store: AskedStore,
  ): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
    const { hostname: host, port } = new URL(this.targetOf(store));
    const sent = sendRequest({ host, port, method, path, headers, agent: this.#agent });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject);
    });
    sent.end(body);
    const answer = await answered;
    return { answer, bytes: await buffer(answer) };
  }
}

function kindOf({ method = '', url = '', headers }: IncomingMessage): Omit<Passing, 'number'> {
  const target = headers['x-amz-target'];
  const isConditional = 'if-match' in headers || 'if-none-match' in headers;
  const at = { path: url, isConditional };
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    return { store: service.startsWith('DynamoDB') ? 'dynamodb' : 'other', operation, ...at };
  }
  // Other services that take plain paths are not asked by the functions.
  return { store: 's3', operation: method, ...at };
}

const isRefusal = (fault: StoreFault | undefined): fault is Refusal =>
  refusals.some((one) => one === fault);

/** Some faults are those of one kind of request. */
function fits(fault: StoreFault, { store, operation, isConditional }: Passing): boolean {
  if (fault === 'unprocessed') return operation === 'BatchGetItem';
  if (fault === 'conflict') return store === 's3' && operation === 'PUT' && isConditional;
  if (fault === 'throttled' || fault === 'error') return store !== 'other';
  return true;
}

async function trickle(outgoing: ServerResponse, bytes: Buffer): Promise<void> {
  outgoing.flushHeaders();
  for (const byte of bytes) {
    if (outgoing.destroyed) return;
    outgoing.write(Buffer.of(byte));
    await new Promise((resolve) => setTimeout(resolve, pace.trickle));
  }
  outgoing.end();
}

import { connect, type Socket } from 'node:net';

/** What a load gave: requests per second, and each request's time in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly failures: number;
}

/** An HTTP/1.1 request as the bytes that go over the wire: built before the clock starts. */
export function rawRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([k, v]) => `${k}: ${v}`);
  if (bytes.length > 0) lines.push(`content-length: ${bytes.length}`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    bytes,
  ]);
}

const headEnd = Buffer.from('\r\n\r\n');

/** Bytes of the first whole answer in `data`, and its status; undefined while it is not whole. */
function wholeAnswer(data: Buffer): { length: number; status: number } | undefined {
  const end = data.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = data.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (declared === undefined && status !== 304 && status !== 204) {
    const last = data.indexOf('\r\n0\r\n\r\n', end);
    return last === -1 ? undefined : { length: last + 7, status };
  }
  const length = end + 4 + Number(declared ?? 0);
  return data.length >= length ? { length, status } : undefined;
}

/**
 * Sends every request once over `connections` keep-alive connections, each with one request in
 * flight. A raw socket, not fetch: a slow client would make any server look as good as its baseline.
 */
export async function load(
  url: string,
  requests: readonly Buffer[],
  options: { readonly connections: number; readonly accept: ReadonlySet<number> },
): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  let next = 0;
  let failures = 0;
  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket: Socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      let pending = Buffer.alloc(0);
      let sentAt = 0;
      const send = (): void => {
        const request = requests[next];
        next += 1;
        if (request === undefined) {
          socket.end();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const answer = wholeAnswer(pending);
        if (answer === undefined) return;
        latencies.push(performance.now() - sentAt);
        if (!options.accept.has(answer.status)) failures += 1;
        pending = pending.subarray(answer.length);
        send();
      });
    });
  const started = performance.now();
  await Promise.all(Array.from({ length: options.connections }, worker));
  const seconds = (performance.now() - started) / 1000;
  return { perSecond: requests.length / seconds, latencies, failures };
}

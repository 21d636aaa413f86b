import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../shared/fault.ts';
import { maxBodyBytes } from '../shared/http/body.ts';
import type { DoorResult } from '../shared/http/door.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Takes no new connection, lets requests in flight end, then resolves; cuts them off after a while. */
  close(): Promise<void>;
}

/** Who sends a line of a header now and then holds a connection for no longer. Milliseconds. */
const headersMs = 20_000;
/** How long a body may take to come, over a bad line of 10 KB/s. Milliseconds, for its bytes. */
const patienceMs = (bytes: number) => 15_000 + bytes / 10;
const idleMs = 65_000;
/** For how long requests in flight are waited for when the server closes. */
const graceMs = 10_000;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Rejects with the system's error, such as EADDRINUSE, if that port cannot be had. */
export async function checkPort(port: number, host: string): Promise<void> {
  const server = createServer();
  await listen(server, port, host);
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Node.js has one limit of time for all requests; a photo takes longer than a review. */
function endIfSlow(request: IncomingMessage, response: ServerResponse, ms: number): void {
  const timer = setTimeout(() => {
    if (request.complete) return;
    const { socket } = request;
    if (!response.headersSent) {
      socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    }
    socket.destroySoon();
  }, ms);
  request.once('close', () => {
    clearTimeout(timer);
  });
}

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** How many bytes of a body that request may have: 0 if it may have none. */
  readonly expectedBytes: (request: IncomingMessage) => number;
  /** How long a body of so many bytes may take to come, in milliseconds. */
  readonly patience?: (bytes: number) => number;
}

/** Listens; rejects with the system's error, such as EADDRINUSE. */
export async function listenHttp(
  listener: RequestListener,
  { port, host, expectedBytes, patience = patienceMs }: ListenOptions,
): Promise<Listening> {
  let closing = false;
  const serve: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    if (hasBody(request)) endIfSlow(request, response, patience(expectedBytes(request)));
    listener(request, response);
  };
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: 0, connectionsCheckingInterval: 5_000 },
    serve,
  );
  server.keepAliveTimeout = idleMs;
  server.on('checkContinue', (request, response) => {
    // A client that asks before it sends is spared sending what would be refused.
    if (announcesTooMuch(request, expectedBytes(request))) {
      response.setHeader('connection', 'close');
    } else response.writeContinue();
    serve(request, response);
  });
  const listening = await listen(server, port, host);
  return {
    port: listening,
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const sweep = setInterval(() => {
        server.closeIdleConnections();
      }, 50);
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

/** How much of a body that was refused is read and thrown away, so that its sender hears the refusal. */
const mostDiscarded = 16 * maxBodyBytes;

/** The client went away before its request was whole: there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/**
 * Lets a client that still sends finish, for a socket closed on it would reset the connection
 * before it reads the answer; one that goes on for too long is cut off.
 */
export function discardRest(request: IncomingMessage): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > mostDiscarded) request.socket.destroy();
  });
  request.resume();
}

/** True if a request says beforehand that its body is longer than `most` bytes. */
export function announcesTooMuch(request: IncomingMessage, most: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > most;
}

/**
 * The whole body. Throws Fault `body-too-large` as soon as it is longer than `most` bytes, and
 * keeps no more than that in memory; ClientGoneError.
 */
export function readBytes(request: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take);
      chunks.length = 0;
      reject(new Fault('body-too-large', { extra: { most } }));
    };
    if (announcesTooMuch(request, most)) {
      reject(new Fault('body-too-large', { extra: { most } }));
      return;
    }
    request.on('data', take);
    request.once('end', () => {
      const [only, ...others] = chunks;
      resolve(only !== undefined && others.length === 0 ? only : Buffer.concat(chunks));
    });
    request.once('error', () => reject(new ClientGoneError()));
    // `close` follows every request, and an error with its stack is dear.
    request.once('close', () => {
      if (!request.complete) reject(new ClientGoneError());
    });
  });
}

/** Sends what a door answers. Rejects when a stream breaks off, or the client does. */
export async function sendResult(response: ServerResponse, result: DoorResult): Promise<void> {
  const { statusCode = 200, headers = {}, body, stream } = result;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.statusCode = statusCode;
  if (stream !== undefined) {
    await pipeline(stream, response);
    return;
  }
  if (body === undefined) {
    response.end();
    return;
  }
  const bytes = Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

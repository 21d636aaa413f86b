import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { announcesTooMuch } from './read-body.ts';

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

export interface ListenOptions {
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

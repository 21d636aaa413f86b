import { createServer, type RequestListener, type Server } from 'node:http';
import { announcesTooMuch } from './read-body.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Takes no new connection, lets requests in flight end, then resolves; cuts them off after a while. */
  close(): Promise<void>;
}

/** The longest body that any route takes, in bytes. */
const longestBody = 4_500_000;
/** Who sends a line of a header now and then holds a connection for no longer. Milliseconds. */
const headersMs = 20_000;
/** 1 MB over a bad line of 10 KB/s. */
const requestMs = 120_000;
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

/** Listens; rejects with the system's error, such as EADDRINUSE. */
export async function listenHttp(
  listener: RequestListener,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listening> {
  let closing = false;
  const serve: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    listener(request, response);
  };
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: 5_000 },
    serve,
  );
  server.keepAliveTimeout = idleMs;
  server.on('checkContinue', (request, response) => {
    // A client that asks before it sends is spared sending what would be refused.
    if (announcesTooMuch(request, longestBody)) response.setHeader('connection', 'close');
    else response.writeContinue();
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

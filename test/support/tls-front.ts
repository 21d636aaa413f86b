import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

/**
 * A local address that passes everything on to a port of this machine as what ends TLS in front of a
 * server does: with word that the request came by HTTPS. Buckets that refuse everything else are then
 * reached by who has no certificate to trust.
 */
export async function openTlsFront(
  port: number,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const passed = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: url,
        headers: { ...headers, 'x-forwarded-proto': 'https' },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        // Who breaks off is told so by the connection.
        pipeline(answer, outgoing, () => undefined);
      },
    );
    passed.on('error', () => {
      outgoing.destroy();
    });
    pipeline(incoming, passed, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

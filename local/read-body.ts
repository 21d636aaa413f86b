import type { IncomingMessage } from 'node:http';
import { maxBodyBytes } from '../shared/http/body.ts';
import { Fault } from '../shared/fault.ts';

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

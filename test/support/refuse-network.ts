/**
 * Loaded before a program (`node --import`), makes every attempt to reach something over a network
 * fail, and notes it in the file that NETWORK_LOG names: what catches the failure is found out, too.
 */
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { Socket as Datagrams } from 'node:dgram';

function refuse(what: string): () => never {
  return () => {
    const log = process.env['NETWORK_LOG'];
    if (log !== undefined) appendFileSync(log, `${what}\n${String(new Error().stack)}\n`);
    throw new Error(`Nothing is to be asked of a network: ${what}.`);
  };
}

Socket.prototype.connect = refuse('connect');
Datagrams.prototype.send = refuse('send');
Object.assign(dns, { lookup: refuse('lookup'), resolve: refuse('resolve') });

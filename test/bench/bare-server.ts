/**
 * The floor: a bare Node HTTP server. POST parses the body and inserts it into SQLite, as durable
 * as Fiche (WAL, synchronous FULL); GET sends the file named on the command line.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const [database = ':memory:', file = ''] = process.argv.slice(2);
const db = new DatabaseSync(database);
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
db.exec('CREATE TABLE IF NOT EXISTS bodies (id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID');
const insert = db.prepare('INSERT INTO bodies VALUES (?, ?)');
const Body = z.object({ instanceId: z.string(), answers: z.unknown() });

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': statSync(file).size,
    });
    createReadStream(file).pipe(response);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    const body = Body.parse(JSON.parse(text));
    insert.run(body.instanceId, text);
    const answer = '{"ok":true}';
    response.writeHead(201, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

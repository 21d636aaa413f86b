import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listenHttp, type Listening } from '../../../local/http-server.ts';
import { expectedBytes, requestListener } from '../../../local/listener.ts';
import { ObjectLinks } from '../../../local/object-links.ts';
import { PublicFiles } from '../../../local/public-file-server.ts';
import type { DoorResult } from '../../../shared/http/door.ts';
import { maxBodyBytes } from '../../../shared/http/body.ts';
import { DiskObjectStore } from '../../../shared/objects/disk-object-store.ts';

let folder: string;
let objects: DiskObjectStore;
let listening: Listening;
let url: string;
let events: APIGatewayProxyEventV2[] = [];
let failures: unknown[] = [];
let respond: () => Promise<DoorResult>;

const door = (event: APIGatewayProxyEventV2) => {
  events.push(event);
  return respond();
};
const report = (failure: unknown) => failures.push(failure);

function start(patience?: (bytes: number) => number): Promise<Listening> {
  const site = {
    doors: { submissions: door, registry: door, datasets: door, openrosa: door },
    publicFiles: new PublicFiles(objects, report),
    links: new ObjectLinks({ objects, linkSecret: 'secret', clock: () => new Date(), report }),
    pages: new Map([
      ['/', { headers: { 'content-type': 'text/html' }, bytes: Buffer.from('<p>') }],
    ]),
    report,
  };
  return listenHttp(requestListener(site), {
    port: 0,
    host: '127.0.0.1',
    expectedBytes: (request) => expectedBytes(site, request),
    ...(patience && { patience }),
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-listener-'));
  objects = new DiskObjectStore(folder);
  listening = await start();
  url = `http://127.0.0.1:${listening.port}`;
});
afterAll(async () => {
  await listening.close();
  objects.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  events = [];
  failures = [];
  respond = () => Promise.resolve({ statusCode: 200, headers: {}, body: 'ok' });
});

const path = '/v1/forms/x/submissions';
const json = { 'content-type': 'application/json' };

/** A connection may end by a reset, which is no failure of a test. */
const closeOf = (socket: Socket) =>
  new Promise((resolve) => {
    socket.on('close', resolve);
  });

/** Sends bytes as they are and gives what comes back until the connection ends. */
async function raw(text: string | Buffer): Promise<string> {
  const socket = connect(listening.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  socket.write(text);
  await closeOf(socket);
  return answer;
}

describe('an event', () => {
  it('has the shape in which API Gateway sends it', async () => {
    await fetch(`${url}/v1/forms/x/submissions/uuid%3A123?state=a%20b&state=c&limit=5`, {
      method: 'PUT',
      headers: { ...json, 'X-One': '1', cookie: 'a=1; b=2', 'user-agent': 'test' },
      body: '{"é":1}',
    });
    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'PUT /v1/forms/{formId}/submissions/{instanceId}',
      rawPath: '/v1/forms/x/submissions/uuid%3A123',
      rawQueryString: 'state=a%20b&state=c&limit=5',
      cookies: ['a=1', 'b=2'],
      headers: { 'x-one': '1', 'content-type': 'application/json' },
      queryStringParameters: { state: 'a b,c', limit: '5' },
      pathParameters: { formId: 'x', instanceId: 'uuid:123' },
      requestContext: {
        http: {
          method: 'PUT',
          path: '/v1/forms/x/submissions/uuid%3A123',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        stage: '$default',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect(events[0]?.headers).not.toHaveProperty('cookie');
  });

  it.each([
    ['bytes that are not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['what is no text', 'application/octet-stream', Buffer.from([1, 2, 3])],
  ])('has %s in base64', async (_, type, body) => {
    await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
    expect(events[0]).toMatchObject({ isBase64Encoded: true, body: body.toString('base64') });
  });

  it('has no body and no parameters where there are none', async () => {
    await fetch(`${url}/v1/health`);
    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]).not.toHaveProperty('queryStringParameters');
  });
});

describe('a body', () => {
  it('comes whole, in however many pieces it is sent', async () => {
    const body = JSON.stringify('x'.repeat(300_000));
    await fetch(`${url}${path}`, { method: 'POST', headers: json, body });
    expect(events[0]?.body).toBe(body);
  });

  it.each([
    ['announced', new Uint8Array(5_000_000)],
    ['announced, just too long', new Uint8Array(maxBodyBytes + 1)],
  ])('that is too long, %s, is refused, and the connection goes on', async (_, body) => {
    const refused = await fetch(`${url}${path}`, { method: 'POST', headers: json, body });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: 'body-too-large' });
    expect(events).toEqual([]);
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  });

  it('that is too long without saying so is refused when it is', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const request =
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
      'transfer-encoding: chunked\r\n\r\n';
    const answer = await raw(
      `${request}${chunk.repeat(40)}0\r\n\r\nGET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('HTTP/1.1 200 OK');
  });

  it('that never ends is cut off', async () => {
    const socket = connect(listening.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9007199254740991\r\n\r\n`,
    );
    const pour = () => {
      while (socket.writable && socket.write('x'.repeat(65_536)));
    };
    socket.on('drain', pour);
    pour();
    await closeOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(socket.bytesWritten).toBeLessThan(100 * maxBodyBytes);
  });

  it('is not asked for when it would be refused', async () => {
    const head = (length: number) =>
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`;
    expect(await raw(head(5_000_000))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(`${head(2)}{}`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it.each([
    ['JSON', path, maxBodyBytes],
    ['a workbook', '/v1/forms/x/draft', 4_000_000],
    ['what a phone sends', '/v1/key/t/submission', 4_500_000],
    ['nothing', '/v1/forms/x/publish', 0],
  ])('is asked for as long as its route takes it: %s', async (_, target, most) => {
    const head = (length: number) =>
      `${target.endsWith('draft') ? 'PUT' : 'POST'} ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: x/y\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`;
    expect(await raw(head(most + 1))).not.toMatch(/^HTTP\/1\.1 100 /);
    if (most === 0) return;
    expect(await raw(`${head(most)}${'x'.repeat(most)}`)).toMatch(/^HTTP\/1\.1 100 Continue/);
  });

  it('that comes too slowly ends its connection, and one that takes its time does not', async () => {
    const asked: number[] = [];
    const other = await start((bytes) => {
      asked.push(bytes);
      return bytes === maxBodyBytes ? 1 : 100_000;
    });
    const socket = connect(other.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc`);
    await closeOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    const at = `http://127.0.0.1:${other.port}`;
    const body = new Uint8Array(4_500_000);
    const sent = await fetch(`${at}/v1/key/t/submission`, { method: 'POST', body });
    expect(sent.status).toBe(200);
    expect(asked).toEqual([maxBodyBytes, 4_500_000]);
    expect(failures).toEqual([]);
    await other.close();
  });

  it('that is not for a route is not waited for', async () => {
    const answer = await raw(
      'POST /v1/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('whose sender goes away troubles nobody', async () => {
    const socket = connect(listening.port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc`);
    await once(socket, 'connect');
    socket.destroy();
    await closeOf(socket);
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
    expect(failures).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['POST', '/', 404],
    ['GET', '/nothing', 404],
    ['HEAD', '/v1/health', 405],
    ['OPTIONS', '/v1/forms', 405],
    ['GET', '/v1/forms/%zz', 400],
  ])('to %s %s is %i', async (method, target, status) => {
    const response = await fetch(`${url}${target}`, { method });
    expect(response.status).toBe(status);
    if (status !== 200) expect(response.headers.get('cache-control')).toBe('no-store');
    if (status === 405) expect(response.headers.get('allow')).toContain('GET');
    await response.text();
  });

  it('may be a stream, and ends in the middle when the stream does', async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.from('half'));
      throw new Error('The disk has gone.');
    }
    respond = () =>
      Promise.resolve({ statusCode: 200, headers: { 'content-length': '8' }, stream: broken() });
    const whole = fetch(`${url}/v1/datasets/x/files/x.csv`).then((response) => response.text());
    await expect(whole).rejects.toThrow();
    expect(failures).toHaveLength(1);
  });

  it('to what is no HTTP is 400 and the end of the connection', async () => {
    expect(await raw('\x16\x03\x01\x02\x00')).toMatch(/^HTTP\/1\.1 400 /);
    expect(
      await raw(
        'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('to headers without end is 431', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nx: ${'x'.repeat(100_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('a server that closes', () => {
  it('ends what is in flight, takes nothing new, and lets idle connections go', async () => {
    const other = await start();
    const at = `http://127.0.0.1:${other.port}`;
    await (await fetch(`${at}/v1/health`)).text();
    let finish: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      respond = () => {
        resolve();
        return new Promise((done) => {
          finish = () => {
            done({ statusCode: 200, headers: {}, body: 'in time' });
          };
        });
      };
    });
    const inFlight = fetch(`${at}/v1/health`);
    await arrived;
    const closed = other.close();
    await expect(fetch(`${at}/v1/health`)).rejects.toThrow();
    finish();
    expect(await (await inFlight).text()).toBe('in time');
    await closed;
  });
});

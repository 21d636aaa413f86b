import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRosaHandler } from '../../../functions/openrosa/handler.ts';
import { registryHandler } from '../../../functions/registry/handler.ts';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import { maxBodyBytes } from '../../../shared/http/body.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { acceptContentLength } from '../../../shared/http/openrosa-message.ts';
import { operations } from '../../../shared/http/operations/table.ts';
import { openNetwork, type Network } from '../../support/network.ts';

let network: Network;
let doors: Readonly<Record<string, DoorHandler>>;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  const deps = { ...home, report: (failure: (typeof failures)[number]) => failures.push(failure) };
  doors = {
    submissions: submissionsHandler(deps),
    registry: registryHandler(deps),
    openrosa: openRosaHandler(deps),
  };
});
afterAll(() => network.close());

const isText = (type: string) => ['application/json', 'application/yaml'].includes(type);

/** Every route that takes a body, with each type of body, and how long that may be. */
const bodies = operations.flatMap((route) => {
  if (!('accepts' in route)) return [];
  const most = 'maxBytes' in route ? route.maxBytes : maxBodyBytes;
  return route.accepts.map((type) => ({
    name: `${route.method} ${route.path}`,
    route,
    type: type === '*/*' ? 'image/png' : type,
    limit: isText(type) ? maxBodyBytes : most,
  }));
});

describe('a body', () => {
  it.each(bodies)('of $type sent to $name has at most $limit bytes', async (body) => {
    const { name: key, route, type, limit } = body;
    const token = (network.authorization('coordinator') ?? '').replace('Bearer ', '');
    const send = (length: number) =>
      network.call(doors[route.door] ?? fail, 'coordinator', {
        key,
        path: route.path.replace('{token}', token),
        parameters: { token, formId: 'x', instanceId: 'something', orgId: 'ong-beta', file: 'x' },
        headers: { 'content-type': type, 'if-match': '*' },
        body: ' '.repeat(length),
      });
    expect((await send(limit)).status).not.toBe(413);
    const refused = await send(limit + 1);
    expect(refused.status).toBe(413);
    const code = 'body-too-large';
    if (route.path.includes('{token}')) expect(refused.headers['x-problem-code']).toBe(code);
    else expect(refused.body).toMatchObject({ code, most: limit });
    expect(refused.text, 'the words hold for each limit').toMatch(/1 Mo.*4 Mo/s);
  });

  it('in base64 fits what a Lambda function takes', () => {
    for (const { limit } of bodies) expect(Math.ceil(limit / 3) * 4).toBeLessThan(6_100_000);
  });

  it('of a phone may be longer than phones are told, for what goes around the files', () => {
    const phone = bodies.find(({ type }) => type === 'multipart/form-data');
    expect(phone?.limit).toBeGreaterThan(acceptContentLength + 100_000);
  });
});

const fail: DoorHandler = () => Promise.reject(new Error('There is no such door.'));

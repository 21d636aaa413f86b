import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { adapters } from '../../functions/adapters.ts';
import { doorPatience, type Patience } from '../../functions/bound-requests.ts';
import { submissionsHandler } from '../../functions/submissions/handler.ts';
import { wrapDoor } from '../../functions/wrap-door.ts';
import { operations } from '../../shared/http/operations/table.ts';
import type { DoorResult } from '../../shared/http/door.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import type { StoreFault } from '../support/faulty-proxy.ts';
import { contextOf, lambdaOf, openFaultyWorld, type FaultyWorld } from '../support/faulty-world.ts';
import { photoForm } from '../support/phone-world.ts';
import { readXml } from '../support/read-xml.ts';
import { registryPaths } from '../support/registry-paths.ts';
import { memberA, publishForms } from '../support/submission-world.ts';
import { submissionPaths } from '../support/submission-paths.ts';
import type { WritePath } from '../support/write-path.ts';
import { testKeys } from '../support/keyring.ts';

/** Gives up soon; what a busy machine takes longer for is tried again, or refused honestly. */
const shortly: Patience = { connect: 1000, answer: 60 };

interface Trouble {
  readonly how: string;
  /** One of them for each request in turn: what they come to is the same. */
  readonly faults: readonly StoreFault[];
  /** Whether it befalls all requests that follow, too. */
  readonly lasts: boolean;
  /** Whether nobody but the SDK, or what stands on it, notices. */
  readonly unnoticed: boolean;
  readonly patience: Patience;
}

const troubles: readonly Trouble[] = [
  {
    how: 'one request is refused',
    faults: ['throttled', 'error', 'reset-before', 'conflict'],
    lasts: false,
    unnoticed: true,
    patience: doorPatience,
  },
  {
    how: 'one request is done and its answer lost',
    faults: ['reset-after'],
    lasts: false,
    unnoticed: true,
    patience: doorPatience,
  },
  {
    how: 'one request is done and its answer is none',
    faults: ['garbled', 'truncated', 'silent-after'],
    lasts: false,
    unnoticed: false,
    patience: shortly,
  },
  {
    how: 'nothing is done from some request on',
    faults: ['throttled', 'silent-before', 'error', 'reset-before'],
    lasts: true,
    unnoticed: false,
    patience: shortly,
  },
  {
    how: 'everything is done from some request on, and no answer comes',
    faults: ['reset-after', 'trickle', 'truncated'],
    lasts: true,
    unnoticed: false,
    patience: shortly,
  },
];

let world: FaultyWorld;
let rounds = 0;

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  world = await openFaultyWorld();
  const { forms } = world.direct;
  await publishForms(forms);
  await forms.putDraft('photos', photoForm('1'));
  await forms.publish('photos');
});
afterAll(() => world.close());

const Problem = z.object({ status: z.literal(503), code: z.literal('store-unavailable') });

/** What a client is told that has to send its request again. */
function expectHonest({ headers, body = '', statusCode }: DoorResult, isPhone = false): void {
  expect(statusCode).toBe(503);
  expect(Number(headers?.['retry-after'])).toBeGreaterThan(0);
  if (isPhone) {
    const [message] = readXml(body).children;
    expect(message?.attributes.get('nature')).toBe('submit_error');
  } else Problem.parse(JSON.parse(body));
}

/**
 * A request of a client while the store is in trouble from its n-th request on, and then, when all is
 * well again, the same once more. True if there were as many requests.
 */
async function play(path: WritePath, trouble: Trouble, at: number): Promise<boolean> {
  const { proxy, direct, start, eventFor } = world;
  const { faults, lasts, patience } = trouble;
  const id = `round-${String((rounds += 1)).padStart(6, '0')}`;
  await path.prepare?.(direct, id);
  const event = eventFor(path.ask(id));
  const fault = faults[(at + rounds) % faults.length];
  const door = start(path.door, patience);
  proxy.plan(({ number }) => (number === at || (lasts && number > at) ? fault : undefined));
  const answer = await door(event, contextOf());
  const wasReached = proxy.passed.length >= at;
  proxy.plan(undefined);
  const about = `${path.what}, ${String(fault)} at ${at}`;

  if (path.done.includes(answer.statusCode ?? 200)) await path.check(direct, id, answer);
  else expectHonest(answer, path.door === 'openrosa');
  if (trouble.unnoticed) expect(path.done, about).toContain(answer.statusCode);

  // By the same function, which may have kept something of what went wrong.
  const next = patience === shortly ? start(path.door, doorPatience) : door;
  const repeated = await next(event, contextOf());
  expect(path.done, about).toContain(repeated.statusCode);
  await path.check(direct, id, repeated);
  return wasReached;
}

describe.each([...submissionPaths, ...registryPaths])('$what', (path) => {
  it.each(troubles)('is done, or honestly refused and then done, when $how', async (trouble) => {
    for (let at = 1; await play(path, trouble, at); at += 1);
  });
});

describe('a list', () => {
  const ask = { by: 'member', key: 'GET /v1/forms/{formId}/submissions' } as const;
  beforeAll(() =>
    acceptSubmission(world.direct, memberA, 'survey', {
      instanceId: 'listed-0001',
      answers: { title: 'Cantine' },
    }),
  );

  it.each([
    ['is read though one batch was not', 1, 200],
    ['is honestly refused when no batch is ever read', Number.POSITIVE_INFINITY, 503],
  ])('%s', async (_, most, status) => {
    const { proxy, eventFor, start } = world;
    let met = 0;
    proxy.plan(({ operation }) => {
      if (operation !== 'BatchGetItem' || met >= most) return undefined;
      met += 1;
      return 'unprocessed';
    });
    const event = eventFor({ ...ask, parameters: { formId: 'survey' } });
    const answer = await start('submissions', doorPatience)(event, contextOf());
    proxy.plan(undefined);
    expect(met).toBeGreaterThan(0);
    if (status === 200) expect(answer.statusCode).toBe(200);
    else expectHonest(answer);
  });
});

describe('a door whose time is over', () => {
  it('says so, and what it has left undone stays undone', async () => {
    const { proxy, direct, eventFor, start } = world;
    const create = submissionPaths.find(({ what }) => what === 'a submission');
    if (create === undefined) throw new Error('No such path.');
    const id = 'never-0001';
    let work: Promise<unknown> = Promise.resolve();
    const door = lambdaOf(
      wrapDoor('submissions', operations, (report) => {
        const handle = submissionsHandler({ ...adapters(), keys: testKeys, report });
        return (event) => {
          const answer = handle(event);
          work = answer;
          return answer;
        };
      }),
    );
    // The last request is the one that commits: it is held until the function is about to be ended.
    proxy.plan(({ operation }) => (operation === 'PutItem' ? 'silent-before' : undefined));
    expectHonest(await door(eventFor(create.ask(id)), contextOf(3_900)));
    expect(proxy.passed.filter(({ operation }) => operation === 'PutItem')).toHaveLength(1);

    // Lambda thaws what was left of it together with the next event.
    proxy.plan(undefined);
    await work;
    expect(proxy.passed).toEqual([]);
    const record = await direct.submissions.query({ partition: 'survey#0' });
    expect(record.records.map(({ sk }) => sk)).not.toContain(id);

    const again = await start('submissions', doorPatience)(eventFor(create.ask(id)), contextOf());
    expect(again.statusCode).toBe(201);
  });
});

import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeError } from '../../../functions/describe-error.ts';
import { wrapDoor } from '../../../functions/wrap-door.ts';
import { operations } from '../../../shared/http/operations/table.ts';
import { wrapStep } from '../../../functions/wrap-step.ts';
import { Fault } from '../../../shared/fault.ts';
import type { DoorHandler, DoorResult } from '../../../shared/http/door.ts';
import { problemOf } from '../../../shared/http/problems.ts';

/** What must stand in no line: answers, tokens, addresses, messages of errors. */
const canary = 'C4N4RY';

const context = (remaining = 28_000): Context =>
  ({
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'door',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-3:123456789012:function:door',
    memoryLimitInMB: '1024',
    awsRequestId: 'aws-request',
    logGroupName: 'log',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => remaining,
  }) as Partial<Context> as Context;

function request(routeKey: string): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey,
    rawPath: `/v1/forms/x/submissions/${canary}`,
    rawQueryString: `q=${canary}`,
    headers: { authorization: `Bearer ${canary}`, 'accept-language': 'fr' },
    requestContext: {
      accountId: '1',
      apiId: 'api',
      domainName: 'd',
      domainPrefix: 'd',
      http: { method: 'POST', path: '/', protocol: '1.1', sourceIp: canary, userAgent: canary },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    body: JSON.stringify({ answers: { name: canary } }),
    isBase64Encoded: false,
  };
}

const create = 'POST /v1/forms/{formId}/submissions';
const answer = (statusCode: number): DoorResult => ({ statusCode, body: `{"x":"${canary}"}` });

function refusal(fault: Fault): DoorResult {
  const { status, headers, body } = problemOf(fault, { language: 'fr', requestId: 'request-1' });
  return { statusCode: status, headers: { ...headers }, body: JSON.stringify(body) };
}

let written = '';
const lines = (): Record<string, unknown>[] =>
  written
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const logged = (message: string): Record<string, unknown>[] =>
  lines().filter((line) => line['message'] === message);
const counted = (): string[] =>
  ['Accepted', 'Replayed', 'Conflict', 'Refused', 'Failed'].filter((name) =>
    lines().some((line) => '_aws' in line && line[name] === 1),
  );

beforeEach(() => {
  written = '';
  const capture = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(capture);
  vi.spyOn(process.stderr, 'write').mockImplementation(capture);
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(written).not.toContain(canary);
});

describe('the entry of a door', () => {
  it('leaves one line that names operation, status and duration, and nothing that was said', async () => {
    const handler = wrapDoor('submissions', operations, () => () => Promise.resolve(answer(201)));
    expect(await handler(request(create), context())).toEqual(answer(201));
    expect(logged('done')).toEqual([
      expect.objectContaining({
        operation: 'createSubmission',
        requestId: 'request-1',
        correlation_id: 'request-1',
        status: 201,
        durationMs: expect.any(Number) as number,
        service: 'submissions',
      }),
    ]);
  });

  it('makes its handler once, with the first event', async () => {
    const make = vi.fn<() => DoorHandler>(() => () => Promise.resolve(answer(200)));
    const handler = wrapDoor('submissions', operations, make);
    expect(make).not.toHaveBeenCalled();
    await handler(request(create), context());
    await handler(request(create), context());
    expect(make).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a new submission as accepted', create, answer(201), ['Accepted']],
    ['a replayed one as replayed', create, answer(200), ['Replayed']],
    ['a conflict as such', create, refusal(new Fault('conflict')), ['Conflict']],
    ['a refusal as such', create, refusal(new Fault('invalid-answers')), ['Refused']],
    ['what we do not do as refused', create, refusal(new Fault('not-implemented')), ['Refused']],
    ['a failing store as failed', create, refusal(new Fault('store-unavailable')), ['Failed']],
    ['no other success', 'GET /v1/forms', answer(200), []],
    ['a request that no route takes as refused', '$default', answer(404), ['Refused']],
  ])('counts %s', async (_, routeKey, result, counts) => {
    const handler = wrapDoor('submissions', operations, () => () => Promise.resolve(result));
    await handler(request(routeKey), context());
    expect(counted()).toEqual(counts);
  });

  it('writes what is measured on the way, under the name of its function', async () => {
    const handler = wrapDoor('openrosa', operations, (_, take) => () => {
      for (const value of [3, 8]) take({ name: 'ItemCollectionGB', unit: 'Gigabytes', value });
      return Promise.resolve(answer(201));
    });
    await handler(request(create), context());
    const emf = lines().find((line) => 'ItemCollectionGB' in line);
    expect(emf).toMatchObject({ ItemCollectionGB: [3, 8], service: 'openrosa' });
  });

  it.each([
    ['fiche-canary.draft', answer(201), []],
    ['fiche-canary', refusal(new Fault('not-found')), []],
    ['fiche-canary.draft', refusal(new Fault('store-unavailable')), ['Failed']],
    ['mapping-tool', answer(201), ['Accepted']],
  ])('counts of the canary its failures alone: %s', async (formId, result, counts) => {
    const handler = wrapDoor('submissions', operations, () => () => Promise.resolve(result));
    await handler({ ...request(create), pathParameters: { formId } }, context());
    expect(counted()).toEqual(counts);
  });

  it('writes the code of a refusal beside what it counts, not as a dimension', async () => {
    const result = refusal(new Fault('invalid-answers'));
    const handler = wrapDoor('submissions', operations, () => () => Promise.resolve(result));
    await handler(request(create), context());
    expect(logged('done')[0]).toMatchObject({ status: 422, code: 'invalid-answers' });
    const emf = lines().find((line) => 'Refused' in line);
    expect(emf).toMatchObject({ code: 'invalid-answers', service: 'submissions' });
    expect(JSON.stringify(emf?.['_aws'])).not.toContain('code');
  });

  it('answers an error with a problem that tells nothing, and logs where it was thrown', async () => {
    const handler = wrapDoor('submissions', operations, () => () => {
      throw new TypeError(`no ${canary}\n    at ${canary} (file:///x.ts:1:1)`);
    });
    const result = await handler(request(create), context());
    expect(result.statusCode).toBe(500);
    expect(JSON.parse(result.body ?? '')).toMatchObject({
      code: 'internal',
      requestId: 'request-1',
    });
    expect(result.body).not.toContain(canary);
    expect(logged('failed')).toEqual([
      expect.objectContaining({
        operation: 'createSubmission',
        error: {
          name: 'TypeError',
          frames: expect.arrayContaining([expect.stringContaining('wrap.test.ts')]) as string[],
        },
      }),
    ]);
    expect(counted()).toEqual(['Failed']);
  });

  it('answers in the same way when it is configured wrongly', async () => {
    const handler = wrapDoor('registry', operations, () => {
      throw new Error(`${canary} is not set.`);
    });
    expect((await handler(request(create), context())).statusCode).toBe(500);
  });

  it('says honestly that it could not when its time runs out', async () => {
    const never = new Promise<DoorResult>(() => undefined);
    const handler = wrapDoor('submissions', operations, () => () => never);
    const result = await handler(request(create), context(500));
    expect(result.statusCode).toBe(503);
    expect(result.headers).toMatchObject({ 'retry-after': '5' });
  });

  it('logs what a door reports without its message', async () => {
    const handler = wrapDoor('submissions', operations, (report) => () => {
      report({ requestId: 'request-1', operation: 'createSubmission', error: new Error(canary) });
      return Promise.resolve(answer(503));
    });
    await handler(request(create), context());
    expect(logged('failed')).toHaveLength(1);
  });
});

describe('the entry of a step', () => {
  const event = { runId: 'run-1', formId: canary };

  it('passes on what the step returns and logs the run that it belongs to', async () => {
    const handler = wrapStep('collect', () => () => Promise.resolve({ rows: 3 }));
    expect(await handler(event, context())).toEqual({ rows: 3 });
    expect(logged('done')).toEqual([
      expect.objectContaining({ operation: 'collect', requestId: 'run-1' }),
    ]);
  });

  it.each([
    ['the code of a fault', new Fault('store-unavailable'), 'store-unavailable'],
    ['the class of any other error', new RangeError(canary), 'RangeError'],
  ])('fails with %s as its name and with no message', async (_, thrown, name) => {
    const handler = wrapStep('collect', () => () => {
      throw thrown;
    });
    const error: unknown = await handler(event, context()).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, message: 'See the log.' });
    // Lambda logs the error with its own members and its stack.
    const { stack, cause, ...members } = error as Error;
    expect(JSON.stringify([stack, members])).not.toContain(canary);
    expect(cause).toBeUndefined();
    expect(counted()).toEqual(['Failed']);
  });
});

describe('the description of an error', () => {
  it('follows causes, and keeps codes but no messages', () => {
    const cause = Object.assign(new Error(canary), { code: 'ECONNRESET' });
    const described = describeError(new Fault('store-unavailable', { cause }));
    expect(described).toMatchObject({
      name: 'Fault',
      code: 'store-unavailable',
      cause: { name: 'Error', code: 'ECONNRESET' },
    });
    expect(JSON.stringify(described)).not.toContain(canary);
  });

  it('knows no more than the type of what is no error', () => {
    expect(describeError(canary)).toEqual({ name: 'string', frames: [] });
  });

  it('ends even if an error is its own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(50_000);
  });
});

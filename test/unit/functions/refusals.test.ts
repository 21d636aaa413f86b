import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { ProblemDocument } from '../../../shared/http/operations/response-schemas.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { Fault } from '../../../shared/fault.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let door: DoorHandler;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  door = submissionsHandler({ ...home, report: (failure) => failures.push(failure) });
  await home.forms.putDraft('small', smallForm('members'));
  await home.forms.publish('small');
  await home.forms.putDraft('shut', smallForm('members'));
  await home.forms.publish('shut');
  await home.forms.close('shut');
  await home.forms.putDraft('open', smallForm('anyone'));
  await home.forms.publish('open');
});
afterAll(() => network.close());

const create = 'POST /v1/forms/{formId}/submissions';
const submission = '/v1/forms/{formId}/submissions/{instanceId}';
const inSmall = { formId: 'small' };
const answers = { title: 'Une', people: 3 };
const deep = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

interface Refusal {
  readonly what: string;
  readonly caller?: Caller;
  readonly key?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly code: string;
  readonly pointers?: readonly string[];
}

const first = { formId: 'small', instanceId: 'the-first-one' };

const refusals: readonly Refusal[] = [
  { what: 'malformed JSON', body: '{', status: 400, code: 'malformed-json' },
  { what: 'no body', body: undefined, status: 415, code: 'unsupported-media-type' },
  {
    what: 'an empty body',
    body: '',
    status: 400,
    code: 'malformed-json',
  },
  { what: 'an unknown form', parameters: { formId: 'nope' }, status: 404, code: 'not-found' },
  { what: 'an impossible form', parameters: { formId: '#' }, status: 404, code: 'not-found' },
  { what: 'a closed form', parameters: { formId: 'shut' }, status: 409, code: 'form-not-open' },
  { what: 'no token', caller: 'no token', status: 401, code: 'unauthenticated' },
  { what: 'a bad token', caller: 'a bad token', status: 401, code: 'unauthenticated' },
  {
    what: 'a bad token, even for an open form',
    caller: 'a bad token',
    parameters: { formId: 'open' },
    status: 401,
    code: 'unauthenticated',
  },
  {
    what: 'another scheme than Bearer',
    headers: { authorization: 'Basic YWJj' },
    status: 401,
    code: 'unauthenticated',
  },
  {
    what: 'a compressed body',
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    code: 'unsupported-media-type',
    pointers: [''],
  },
  {
    what: 'another media type',
    headers: { 'content-type': 'text/csv' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'another charset',
    headers: { 'content-type': 'application/json; charset=latin1' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'an answer that is not there in CSV',
    headers: { accept: 'text/csv' },
    status: 406,
    code: 'not-acceptable',
  },
  {
    what: 'a body over 1 MB',
    body: { instanceId: 'too-large', answers: { title: 'x'.repeat(1_100_000) } },
    status: 413,
    code: 'body-too-large',
  },
  {
    what: 'a record over 350 KB',
    body: { instanceId: 'too-large', answers: { title: 'x'.repeat(360_000) } },
    status: 413,
    code: 'record-too-large',
  },
  {
    what: 'nesting over 32',
    body: `{"instanceId":"too-deep-x","answers":{"title":${deep(40)}}}`,
    status: 413,
    code: 'nesting-too-deep',
  },
  {
    what: 'nesting of 20,000',
    body: `{"instanceId":"too-deep-x","answers":${deep(20_000)}}`,
    status: 413,
    code: 'nesting-too-deep',
  },
  {
    what: 'an unknown field',
    body: { instanceId: 'extra-field', answers, extra: 1 },
    status: 422,
    code: 'invalid-body',
    pointers: ['/extra'],
  },
  {
    what: 'no instanceId and no answers',
    body: {},
    status: 422,
    code: 'invalid-body',
    pointers: ['/instanceId', '/answers'],
  },
  {
    what: 'a list of answers',
    body: { instanceId: 'a-list-of-x', answers: [] },
    status: 422,
    code: 'invalid-body',
    pointers: ['/answers'],
  },
  { what: 'no object', body: '3', status: 422, code: 'invalid-body', pointers: [''] },
  {
    what: 'an instanceId with a slash',
    body: { instanceId: '../../etc/passwd', answers },
    status: 422,
    code: 'invalid-body',
    pointers: ['/instanceId'],
  },
  {
    what: 'a version that is not',
    body: { instanceId: 'no-version', formVersion: '99', answers },
    status: 422,
    code: 'invalid-body',
    pointers: ['/formVersion'],
  },
  {
    what: 'every answer that breaks the form',
    body: { instanceId: 'breaks-it', answers: { people: -1, unheard: 2 } },
    status: 422,
    code: 'invalid-answers',
    pointers: ['/answers/title', '/answers/people', '/answers/unheard'],
  },
  {
    what: 'reserved keys',
    body: '{"instanceId":"reserved-x","answers":{"title":"x","__proto__":{"a":1},"constructor":1}}',
    status: 422,
    code: 'invalid-answers',
    pointers: ['/answers/__proto__', '/answers/constructor'],
  },
  {
    what: 'unsafe numbers',
    body: '{"instanceId":"unsafe-no","answers":{"title":"x","people":9007199254740993}}',
    status: 422,
    code: 'invalid-answers',
    pointers: ['/answers/people'],
  },
  {
    what: 'other content under the same instanceId',
    body: { instanceId: 'the-first-one', answers: { title: 'Autre' } },
    status: 409,
    code: 'conflict',
  },
  {
    what: 'an edit without If-Match',
    key: `PUT ${submission}`,
    parameters: first,
    body: { answers },
    status: 428,
    code: 'revision-required',
  },
  {
    what: 'an edit with a malformed If-Match',
    key: `PUT ${submission}`,
    parameters: first,
    headers: { 'if-match': '3' },
    body: { answers },
    status: 400,
    code: 'malformed-request',
  },
  {
    what: 'an edit of a revision that is not',
    key: `PUT ${submission}`,
    parameters: first,
    headers: { 'if-match': '"9"' },
    body: { answers: { title: 'Autre' } },
    status: 412,
    code: 'stale-revision',
  },
  {
    what: 'an edit of a weak revision',
    key: `PUT ${submission}`,
    parameters: first,
    headers: { 'if-match': 'W/"1"' },
    body: { answers: { title: 'Autre' } },
    status: 412,
    code: 'stale-revision',
  },
  {
    what: "an edit of another organisation's",
    caller: 'beta',
    key: `PUT ${submission}`,
    parameters: first,
    headers: { 'if-match': '*' },
    body: { answers },
    status: 404,
    code: 'not-found',
  },
  {
    what: 'a rejection without a note',
    caller: 'coordinator',
    key: `POST ${submission}/review`,
    parameters: first,
    headers: { 'if-match': '"1"' },
    body: { decision: 'reject' },
    status: 422,
    code: 'invalid-body',
    pointers: ['/note'],
  },
  {
    what: 'an unknown decision',
    caller: 'coordinator',
    key: `POST ${submission}/review`,
    parameters: first,
    headers: { 'if-match': '"1"' },
    body: { decision: 'perhaps' },
    status: 422,
    code: 'invalid-body',
    pointers: ['/decision'],
  },
  {
    what: 'a list by an unknown parameter',
    key: `GET /v1/forms/{formId}/submissions`,
    query: { colour: 'red' },
    status: 400,
    code: 'malformed-request',
  },
  {
    what: 'a list by an unknown state',
    key: `GET /v1/forms/{formId}/submissions`,
    query: { state: 'lost' },
    status: 400,
    code: 'malformed-request',
  },
  {
    what: 'a page too long',
    key: `GET /v1/forms/{formId}/submissions`,
    query: { limit: '201' },
    status: 400,
    code: 'malformed-request',
  },
  {
    what: 'a page from nowhere',
    key: `GET /v1/forms/{formId}/submissions`,
    query: { cursor: 'made-up' },
    status: 400,
    code: 'malformed-request',
  },
];

describe('what is not allowed', () => {
  beforeAll(async () => {
    const body = { instanceId: 'the-first-one', answers };
    await network.call(door, 'alpha', { key: create, parameters: inSmall, body });
  });

  it.each(refusals)('$what gets $status $code', async (refusal) => {
    const { caller = 'alpha', key = create, parameters = inSmall, status, code } = refusal;
    const { query, headers } = refusal;
    const whole = { instanceId: 'never-kept', answers: { title: 'x' } };
    const body = key.startsWith('GET') ? undefined : 'body' in refusal ? refusal.body : whole;
    const result = await network.call(door, caller, {
      key,
      parameters,
      ...(query && { query }),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    expect(result.status, result.text).toBe(status);
    const problem = ProblemDocument.parse(result.body);
    expect(problem).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(result.headers['content-type']).toBe('application/problem+json');
    expect(result.headers['cache-control']).toBe('no-store');
    if (refusal.pointers !== undefined) {
      expect(problem.errors.map(({ pointer }) => pointer).sort()).toEqual(
        [...refusal.pointers].sort(),
      );
    }
    for (const { message } of problem.errors) expect(message.length).toBeGreaterThan(3);
  });

  it('leaves nothing behind', async () => {
    const key = 'GET /v1/forms/{formId}/submissions';
    const listed = await network.call(door, 'coordinator', { key, parameters: inSmall });
    expect(listed.body).toMatchObject({ items: [{ instanceId: 'the-first-one', revision: 1 }] });
    expect(network.failures).toEqual([]);
  });

  it('is told in the language of the caller', async () => {
    const told = async (language: string) => {
      const { body } = await network.call(door, 'alpha', {
        key: create,
        parameters: inSmall,
        headers: { 'accept-language': language },
        body: { instanceId: 'no-answer-x', answers: {} },
      });
      return ProblemDocument.parse(body).errors[0]?.message;
    };
    const [french, english] = [await told('fr'), await told('en-GB,en')];
    expect(french).not.toBe(english);
  });
});

describe('a store that fails', () => {
  const broken = (store: RecordStore, error: unknown): RecordStore => ({
    get: (key) => store.get(key),
    put: (record) => store.put(record),
    putIfRevision: (record, revision) => store.putIfRevision(record, revision),
    query: (range, options) => store.query(range, options),
    delete: (key) => store.delete(key),
    forget: () => store.forget(),
    putIfAbsent: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
  });

  it.each([
    [new Fault('store-unavailable', { cause: new Error('canary') }), 503, 'store-unavailable'],
    [new Fault('too-many-requests'), 429, 'too-many-requests'],
    [new Error('canary'), 500, 'internal'],
  ])('with %s never acknowledges', async (error, status, code) => {
    const { home } = network;
    const failing = submissionsHandler({
      ...home,
      submissions: broken(home.submissions, error),
      report: () => undefined,
    });
    const result = await network.call(failing, 'alpha', {
      key: create,
      parameters: inSmall,
      body: { instanceId: 'not-stored', answers },
    });
    expect(result.status).toBe(status);
    expect(result.body).toMatchObject({ code });
    expect(result.text).not.toContain('canary');
    if (status !== 500) expect(Number(result.headers['retry-after'])).toBeGreaterThan(0);
  });
});

import * as z from 'zod';
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FormDefinition } from '../form/definition.ts';
import { canaryForm, draftId } from '../ids.ts';

/** What the front door answered, as far as the canary looks at it. */
export interface Answered {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: `/${string}`;
  /** Sent as JSON. */
  readonly body?: object;
  readonly ifMatch?: string;
}

/** Asks the service for something, as any client would. Rejects if there is no answer. */
export type Ask = (request: Request) => Promise<Answered>;

/** After so long a person would have given up. Milliseconds. */
const patienceMs = 10_000;

const Body = z.record(z.string(), z.unknown());

/** The way in for clients: `url` without a slash at its end, and the token that goes with each request. */
export function frontDoor(url: string, token: string): Ask {
  return async ({ method, path, body, ifMatch }) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Elsewhere is not the service: the token must not be told there.
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      etag: answer.headers.get('etag') ?? undefined,
      body: text === '' ? {} : Body.parse(JSON.parse(text)),
    };
  };
}

/** The version of what is below: another one is put in the place of the draft that is there. */
const canaryVersion = '1';

/** The form that the canary fills in. It asks nothing of anyone: its one answer is drawn by lot. */
const canaryDefinition: FormDefinition = {
  survey: [
    {
      type: 'text',
      name: 'said',
      'label::Français (fr)': 'Ce que le canari a dit',
      'label::English (en)': 'What the canary said',
      required: true,
    },
  ],
  choices: [],
  settings: {
    form_title: 'Canari',
    form_id: canaryForm,
    version: canaryVersion,
    default_language: 'Français (fr)',
    audience: 'coordinator',
  },
};

/** Something was not as a client may expect. `name` says which step, `code` what came instead. */
class CanaryFault extends Error {
  override readonly name: string;
  readonly code: string;

  constructor(step: string, code: string) {
    super(`${step}: ${code}`);
    this.name = `canary-${step}`;
    this.code = code;
  }
}

const draft = draftId(canaryForm);
const submissions = `/v1/forms/${draft}/submissions` as const;

/**
 * The id of a visit's submission. Ids grow with time, so that what visits that were cut short have left
 * behind can be found by them (canary-records.ts).
 */
export function visitId(now: Date): string {
  return `canary-${now.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(8).toString('hex')}`;
}

/**
 * Does what a client does, from the first step to the last: asks whether the service is there, sends a
 * filled form, sends it again, reads it, withdraws it, has it erased, and asks for it once more. Throws
 * CanaryFault at the first step that was not answered as it should be.
 */
export async function visit(ask: Ask, instanceId: string): Promise<void> {
  const said = randomBytes(8).toString('hex');
  const path = `${submissions}/${instanceId}` as const;
  const sent = { instanceId, formVersion: canaryVersion, answers: { said } };

  await step(ask, 'health', { method: 'GET', path: '/v1/health' }, 200);
  const created = await submit(ask, sent);
  const replayed = await step(
    ask,
    'replay',
    { method: 'POST', path: submissions, body: sent },
    200,
  );
  must('replay', isDeepStrictEqual(replayed.body, created.body), 'another-answer');

  const read = await step(ask, 'read', { method: 'GET', path }, 200);
  must('read', isDeepStrictEqual(read.body['answers'], sent.answers), 'other-answers');
  must('read', read.body['revision'] === 1 && read.etag !== undefined, 'another-revision');

  const ifMatch = read.etag ?? '';
  const withdrawn = await step(ask, 'withdraw', { method: 'DELETE', path, ifMatch }, 200);
  must('withdraw', withdrawn.body['state'] === 'withdrawn', 'another-state');
  await step(ask, 'erase', { method: 'POST', path: `${path}/erase` }, 204);
  await step(ask, 'erased', { method: 'GET', path }, 410);
}

/** Sends a filled form; the first time ever, and after an upgrade that changes it, the form before it. */
async function submit(ask: Ask, sent: object): Promise<Answered> {
  const request: Request = { method: 'POST', path: submissions, body: sent };
  const answer = await attempt(ask, 'submit', request);
  if (answer.status === 201) return answer;
  const isMissing = answer.status === 404 || answer.body['code'] === 'invalid-body';
  must('submit', isMissing, codeOf(answer));
  const form = `/v1/forms/${canaryForm}/draft` as const;
  await step(ask, 'form', { method: 'PUT', path: form, body: canaryDefinition }, 200);
  return step(ask, 'submit', request, 201);
}

async function step(ask: Ask, name: string, request: Request, status: number): Promise<Answered> {
  const answer = await attempt(ask, name, request);
  must(name, answer.status === status, codeOf(answer));
  return answer;
}

async function attempt(ask: Ask, name: string, request: Request): Promise<Answered> {
  try {
    return await ask(request);
  } catch {
    // A name that does not resolve, a connection that was cut, an answer that is no JSON.
    throw new CanaryFault(name, 'no-answer');
  }
}

function must(name: string, holds: boolean, code: string): void {
  if (!holds) throw new CanaryFault(name, code);
}

function codeOf({ status, body: { code } }: Answered): string {
  return typeof code === 'string' ? code : String(status);
}

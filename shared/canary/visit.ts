import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { canaryForm, draftId } from '../ids.ts';
import { canaryDefinition, canaryVersion } from './canary-form.ts';
import type { Answered, Ask, Request } from './front-door.ts';

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
 * behind can be found by them (tidy-canary.ts).
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

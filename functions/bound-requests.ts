import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { invocationSignal } from './invocation-signal.ts';

/** How long a request to AWS may take before it is given up and tried again. Milliseconds. */
export interface Patience {
  /** Until there is a connection. */
  readonly connect: number;
  /** From the start of an attempt to the end of its answer, or to its headers if it is a file. */
  readonly answer: number;
}

/**
 * DynamoDB answers within milliseconds, S3 within some dozens. With the SDK's attempts (four for
 * DynamoDB, three for S3) a store that never answers is known as such after 16 s, so that a door can
 * answer its client.
 */
export const doorPatience: Patience = { connect: 1000, answer: 4000 };

/**
 * To copy 5 GB or to join thousands of parts takes S3 a minute or two, and all attempts have to fit
 * into the 15 minutes of a step.
 */
export const stepPatience: Patience = { connect: 1000, answer: 150_000 };

/** What the SDK itself can do of it, as it takes it. */
export const requestSettings = ({ connect, answer }: Patience) => ({
  connectionTimeout: connect,
  requestTimeout: answer,
  throwOnRequestTimeout: true,
});

const Answered = z.object({ response: z.object({ body: z.instanceof(Readable) }) });
/** A request for an object, whose bytes the SDK hands on as they come. */
const ForFile = z.object({ query: z.object({ 'x-id': z.literal('GetObject') }) });

/** A client of the SDK, of whatever service. */
export interface SdkClient {
  readonly config: { requestHandler: DynamoDBClient['config']['requestHandler'] };
}

/**
 * Keeps the requests of a client within the invocation that makes them, and within their patience to
 * the end of their answers: the SDK itself waits for headers only.
 *
 * An invocation that has answered, because its time was over, is frozen and thawed with the next
 * event, minutes later perhaps. What it would write then could be older than collect looks back for,
 * so nothing that it has not sent yet is ever sent.
 */
export function boundRequests<C extends SdkClient>(client: C, patience: Patience): C {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request: unknown, options) => {
    const began = performance.now();
    const abortSignal = invocationSignal();
    const answered = await handle(request, { ...options, ...(abortSignal && { abortSignal }) });
    const { data } = Answered.safeParse(answered);
    if (data !== undefined && !ForFile.safeParse(request).success) {
      endBy(data.response.body, began + patience.answer);
    }
    return answered;
  };
  return client;
}

/** Breaks an answer off that has not ended by then: for the SDK a failure that passes. */
function endBy(body: Readable, deadline: number): void {
  const late = setTimeout(() => {
    // Where nobody reads it, nobody need know.
    body.once('error', () => undefined);
    const error = new Error('The answer did not end in time.');
    error.name = 'TimeoutError';
    body.destroy(error);
  }, deadline - performance.now());
  body.once('close', () => {
    clearTimeout(late);
  });
}

import * as z from 'zod';

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

import type * as z from 'zod';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { JsonValue } from '../json.ts';
import type { Language } from '../text.ts';
import type { Body } from './body.ts';
import type { AllowedRevisions } from './etag.ts';
import { faultsOf, invalidQuery } from './schema-faults.ts';

/** What a handler answers; the door adds what every answer has. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; absent: no body. */
  readonly body?: object;
  /** Sent as they are instead of `body`; `headers` say what they are. */
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes to send instead of `body`: on one machine only, for a Lambda function cannot stream. */
  readonly stream?: AsyncIterable<Uint8Array>;
}

/** A request that the door has let in, its parts not yet parsed. */
export interface Admitted {
  readonly principal: Principal | undefined;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Body | undefined;
  /** What If-Match allows, on routes that need it. */
  readonly allowed: AllowedRevisions;
  readonly accept: string | undefined;
  readonly language: Language;
  /** The whole Content-Type, which may have parameters. */
  readonly contentType: string | undefined;
  /** Where the client found the service, without a slash at its end: `https://fiche.example.org`. */
  readonly origin: string;
}

/** Path, query and body are parsed apart: what a client puts in one never lands in another. */
export interface RequestSchema<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> {
  readonly path: P;
  readonly query: Q;
  readonly body: B;
}

/** A request as a handler gets it. */
export interface Call<P, Q, B> {
  readonly path: P;
  readonly query: Q;
  readonly body: B;
  readonly mediaType: string | undefined;
  readonly allowed: AllowedRevisions;
  readonly accept: string | undefined;
  readonly language: Language;
  readonly contentType: string | undefined;
  readonly origin: string;
}

/** One operation, ready to be called by the door. */
export type Endpoint = (request: Admitted) => Promise<Answer>;

function valueOf(body: Body | undefined): JsonValue | Uint8Array | undefined {
  if (body === undefined) return undefined;
  if ('bytes' in body) return body.bytes;
  return 'value' in body ? body.value : body.text;
}

/**
 * An operation that anyone may call as far as the route table goes; what it acts on decides the
 * rest. Its schema must be built once, outside of requests. Throws Faults: `not-found` for a path
 * that names nothing possible, `malformed-request` for the query, `invalid-body`.
 */
export function openEndpoint<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  schema: RequestSchema<P, Q, B>,
  act: (
    call: Call<z.output<P>, z.output<Q>, z.output<B>>,
    principal: Principal | undefined,
  ) => Promise<Answer>,
): Endpoint {
  return async ({ principal, parameters, query, body, ...rest }) => {
    const readPath = schema.path.safeParse(parameters);
    if (!readPath.success) throw new Fault('not-found');
    const readQuery = schema.query.safeParse(query, { reportInput: true });
    if (!readQuery.success) throw invalidQuery(readQuery.error);
    const readBody = schema.body.safeParse(valueOf(body), { reportInput: true });
    if (!readBody.success) {
      throw new Fault('invalid-body', { errors: faultsOf(readBody.error) });
    }
    return act(
      {
        path: readPath.data,
        query: readQuery.data,
        body: readBody.data,
        mediaType: body?.mediaType,
        ...rest,
      },
      principal,
    );
  };
}

/** An operation that needs a token. Throws Fault `unauthenticated` without one, and as openEndpoint. */
export function endpoint<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  schema: RequestSchema<P, Q, B>,
  act: (call: Call<z.output<P>, z.output<Q>, z.output<B>>, principal: Principal) => Promise<Answer>,
): Endpoint {
  return openEndpoint(schema, (call, principal) => {
    if (principal === undefined) throw new Fault('unauthenticated');
    return act(call, principal);
  });
}

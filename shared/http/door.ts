import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bearerOfBasic } from '../access/tokens.ts';
import { authorise } from '../access/policy.ts';
import type { Principal } from '../access/principal.ts';
import { keepCanaryApart } from '../canary/canary-scope.ts';
import { Fault } from '../fault.ts';
import { requireAcceptable } from './accept.ts';
import { readBody } from './body.ts';
import { parseCall, type Answer, type Handlers, type RawCall } from './endpoint.ts';
import { allowedRevisions } from './etag.ts';
import { languageOf } from './accept-language.ts';
import { isOpenRosaPath, openRosaRefusal } from './openrosa-message.ts';
import { json, routeKey, type OperationRow } from './operations/operation.ts';
import type { Operation } from './operations/table.ts';
import { problemOf, type ProblemAnswer } from './problems.ts';

/** What API Gateway takes, and on one machine bytes too long for a Lambda's answer. */
export type DoorResult = APIGatewayProxyStructuredResultV2 & {
  readonly stream?: AsyncIterable<Uint8Array>;
};

export type DoorHandler = (event: APIGatewayProxyEventV2) => Promise<DoorResult>;

/** An error that is no refusal: the only place where its message goes is the log. */
export interface Failure {
  readonly requestId: string;
  readonly operation: string;
  readonly error: unknown;
}

export interface DoorDeps {
  /** Who has that Authorization header; undefined without one. Throws Fault `unauthenticated`. */
  readonly authenticate: (authorization: string | undefined) => Promise<Principal | undefined>;
  /** Where clients find the service, if not where their requests say: `https://fiche.example.org`. */
  readonly publicUrl?: string | undefined;
  /** Logs what went wrong here: unknown errors, and stores that do not answer. Must not log bodies. */
  readonly report: (failure: Failure) => void;
}

/** A handler of any operation, to be called with what its own row has let through. */
type Handle = (call: never, principal: never) => Promise<Answer>;

interface Matched {
  readonly route: OperationRow;
  readonly parameters: RawCall['parameters'];
}

async function matchOf(
  event: APIGatewayProxyEventV2,
  byKey: ReadonlyMap<string, OperationRow>,
): Promise<Matched> {
  const known = byKey.get(event.routeKey);
  if (known !== undefined) return { route: known, parameters: event.pathParameters ?? {} };
  // `$default` catches what no route takes but for a slash at its end; else this throws 404 or 405. Only
  // then are the operations of every door needed.
  const { matchRoute } = await import('./match-route.ts');
  const { route, parameters }: Matched = matchRoute(
    event.requestContext.http.method,
    event.rawPath,
  );
  if (byKey.get(routeKey(route)) !== route || route.slash !== true) throw new Fault('not-found');
  return { route, parameters };
}

function authorizationOf(
  { headers }: APIGatewayProxyEventV2,
  { path, basic }: OperationRow,
  parameters: Matched['parameters'],
): string | undefined {
  if (path.includes('{token}')) return `Bearer ${parameters['token'] ?? ''}`;
  const sent = headers['authorization'];
  return basic === true ? bearerOfBasic(sent) : sent;
}

async function admit(
  event: APIGatewayProxyEventV2,
  route: OperationRow,
  parameters: Matched['parameters'],
  handle: Handle,
  deps: DoorDeps,
): Promise<Answer> {
  const { headers } = event;
  const authorization = authorizationOf(event, route, parameters);
  const principal = route.access === 'anyone' ? undefined : await deps.authenticate(authorization);
  authorise(route.access, principal);
  keepCanaryApart(principal, route.operation, parameters['formId']);
  const accept = headers['accept'];
  if (route.produces !== 'any') requireAcceptable(accept, route.produces ?? json);
  const allowed = route.ifMatch === true ? allowedRevisions(headers['if-match']) : [];
  const raw = {
    text: event.body,
    isBase64: event.isBase64Encoded,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
  };
  const call = {
    ...parseCall(route, {
      parameters,
      query: event.queryStringParameters ?? {},
      body: route.accepts === undefined ? undefined : readBody(raw, route.accepts, route.maxBytes),
    }),
    allowed,
    accept,
    language: languageOf(headers['accept-language']),
    contentType: headers['content-type'],
    origin: deps.publicUrl ?? originOf(event),
  };
  // The compiler cannot follow a row to its handler: the types of both come from the row.
  return handle(call as never, principal as never);
}

/**
 * API Gateway says which scheme the client used; on one machine a proxy may, and else it is plain. What
 * stands in front (CloudFront's function, a proxy) says which host the client named. Nobody checks that
 * it stands there: who lies about it is the only one who is answered with that address.
 */
function originOf({ headers, requestContext }: APIGatewayProxyEventV2): string {
  const host = firstOf(headers['x-forwarded-host']) ?? headers['host'] ?? requestContext.domainName;
  const scheme = firstOf(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  return `${scheme}://${/^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? host : 'localhost'}`;
}

/** Several proxies write a list, the client's side first. */
function firstOf(header: string | undefined): string | undefined {
  const [first = ''] = (header ?? '').split(',');
  return first.trim() === '' ? undefined : first.trim();
}

/** What every answer of ours carries. */
export const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

function render(answer: Answer, requestId: string): DoorResult {
  const { status, body, headers, stream, text, bytes } = answer;
  return {
    statusCode: status,
    headers: {
      ...always,
      'x-request-id': requestId,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(text !== undefined && { body: text }),
    ...(bytes !== undefined && {
      body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
      isBase64Encoded: true,
    }),
    ...(stream !== undefined && { stream }),
  };
}

/** What is known of a request that is refused. */
export interface Refused {
  readonly path: string;
  readonly acceptLanguage: string | undefined;
  readonly requestId: string;
}

/** An error as a whole answer: a problem document, or OpenRosa's message to a phone. */
export function refusal(error: unknown, { path, acceptLanguage, requestId }: Refused): DoorResult {
  const language = languageOf(acceptLanguage);
  const { status, body, ...problem } = problemOf(error, { language, requestId });
  const { allow } = body;
  const headers = {
    ...problem.headers,
    ...(Array.isArray(allow) && { allow: allow.join(', ') }),
  };
  const refused = { status, headers, body };
  if (isOpenRosaPath(path)) return render(openRosaRefusal(refused), requestId);
  return render(isODataPath(path) ? odataRefusal(refused) : refused, requestId);
}

/**
 * One door as a Lambda function's handler: finds the operation by the event's route key, asks who
 * calls and whether they may, reads the body, calls the operation's handler and renders what it
 * answers. It never rejects: an error that is no Fault becomes a 500 that says nothing.
 */
export function createDoor<Row extends Operation>(
  rows: readonly Row[],
  handlers: Handlers<Row['operation']>,
  deps: DoorDeps,
): DoorHandler {
  const byKey = new Map(rows.map((row): [string, OperationRow] => [routeKey(row), row]));
  const byName: ReadonlyMap<string, Handle> = new Map(Object.entries<Handle>(handlers));
  return async (event) => {
    const { requestId } = event.requestContext;
    let operation = 'none';
    try {
      const { route, parameters } = await matchOf(event, byKey);
      operation = route.operation;
      const handle = byName.get(operation);
      if (handle === undefined) throw new Fault('not-found');
      return render(await admit(event, route, parameters, handle, deps), requestId);
    } catch (error) {
      const expected = error instanceof Fault && error.code !== 'store-unavailable';
      if (!expected) deps.report({ requestId, operation, error });
      return refusal(error, {
        path: event.rawPath,
        acceptLanguage: event.headers['accept-language'],
        requestId,
      });
    }
  };
}

/** True for what OData clients ask for. */
function isODataPath(path: string): boolean {
  return path.startsWith('/v1/odata/');
}

/**
 * A problem document that OData clients understand, too: they read `error` (OData 4.0 JSON format, 19).
 * Spreadsheets know Basic authentication alone, so that is offered first.
 */
function odataRefusal({ status, headers, body }: ProblemAnswer): Answer {
  const { code, detail, errors } = body;
  const details = errors.map((error) => ({ code: error.code, message: error.message }));
  return {
    status,
    headers: {
      ...headers,
      'odata-version': '4.0',
      ...(status === 401 && {
        'www-authenticate': 'Basic realm="fiche", charset="UTF-8", Bearer realm="fiche"',
      }),
    },
    body: { ...body, error: { code, message: detail, details } },
  };
}

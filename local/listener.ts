import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  IncomingMessage,
  RequestListener,
  ServerResponse,
  IncomingHttpHeaders,
} from 'node:http';
import { join } from 'node:path';
import { Fault } from '../shared/fault.ts';
import { maxBodyBytes } from '../shared/http/body.ts';
import { refusal, type DoorHandler, type DoorResult, type Failure } from '../shared/http/door.ts';
import { matchRoute } from '../shared/http/match-route.ts';
import { pageCacheControl, pageFiles, pageSecurity } from '../shared/http/page-files.ts';
import { isPublicPath } from '../shared/http/public-paths.ts';
import { routeKey, type Door, type OperationRow } from '../shared/http/operations/operation.ts';
import { ClientGoneError, discardRest, readBytes, sendResult } from './http-server.ts';
import type { ObjectLinks } from './object-links.ts';
import type { PublicFiles } from './public-file-server.ts';

/** What stands behind the HTTP server of one machine. */
interface Site {
  readonly doors: Readonly<Record<Door, DoorHandler>>;
  readonly publicFiles: PublicFiles;
  readonly links: ObjectLinks;
  /** By path. */
  readonly pages: ReadonlyMap<string, Page>;
  readonly report: (failure: Failure) => void;
}

const nothing = Buffer.alloc(0);

function pathOf(request: IncomingMessage): string {
  const { url = '/' } = request;
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  response.writeHead(200, page.headers);
  response.end(request.method === 'HEAD' ? undefined : page.bytes);
}

/** The longest body of a route, in bytes. */
function longestBody(route: OperationRow): number {
  return route.accepts === undefined ? 0 : (route.maxBytes ?? maxBodyBytes);
}

/** How many bytes a request may send: 0 where nobody would read them. */
export function expectedBytes(site: Pick<Site, 'links'>, request: IncomingMessage): number {
  const path = pathOf(request);
  if (site.links.takes(path)) return site.links.expectedBytes(request);
  try {
    return longestBody(matchRoute(request.method ?? '', path).route);
  } catch {
    return 0;
  }
}

/** One request of the API, from the socket through its door. */
async function answer(
  request: IncomingMessage,
  site: Site,
  requestId: string,
): Promise<DoorResult> {
  const { route, parameters } = matchRoute(request.method ?? '', pathOf(request));
  const most = longestBody(route);
  const body = most > 0 ? await readBytes(request, most) : nothing;
  const matched = { routeKey: routeKey(route), parameters };
  return site.doors[route.door](toEvent(request, body, requestId, matched));
}

async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  const requestId = randomUUID();
  let result: DoorResult;
  try {
    result = await answer(request, site, requestId);
  } catch (error) {
    if (error instanceof ClientGoneError) return;
    if (!(error instanceof Fault)) site.report({ requestId, operation: 'none', error });
    result = refusal(error, {
      path: pathOf(request),
      acceptLanguage: request.headers['accept-language'],
      requestId,
    });
  }
  if (!request.complete) discardRest(request);
  try {
    await sendResult(response, result);
  } catch (error) {
    // A part was sent already: the only honest sign is a connection that breaks off.
    response.destroy();
    if (!request.destroyed) site.report({ requestId, operation: 'send', error });
  }
}

/** Answers every request to the server of one machine. */
export function requestListener(site: Site): RequestListener {
  return (request, response) => {
    const path = pathOf(request);
    if (isPublicPath(path)) {
      void site.publicFiles.serve(path, request, response);
      return;
    }
    if (site.links.takes(path)) {
      void site.links.serve(request, response);
      return;
    }
    const page = site.pages.get(path);
    if (page !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      sendPage(request, response, page);
      return;
    }
    void serveApi(request, response, site);
  };
}

/** What the table of operations made of a request; absent where no route takes it. */
interface Matched {
  readonly routeKey: string;
  readonly parameters: Record<string, string>;
}

const textual =
  /^\s*(?:text\/|application\/(?:json|yaml|xml|[a-z.-]+\+(?:json|xml|yaml))\s*(?:;|$))/i;

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A moment as API Gateway writes it: `21/Nov/2026:20:37:05 +0000`. */
function logTime(now: Date): string {
  const iso = now.toISOString();
  return `${iso.slice(8, 10)}/${months[now.getUTCMonth()] ?? ''}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Lower-case names, several values joined; cookies stand apart, as they do there. */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'cookie' || value === undefined) continue;
    joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

function queryOf(rawQueryString: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** A request in the shape in which API Gateway (HTTP API, payload 2.0) hands it to a function. */
function toEvent(
  request: IncomingMessage,
  body: Buffer,
  requestId: string,
  matched: Matched | undefined,
): APIGatewayProxyEventV2 {
  const { method = 'GET', url = '/' } = request;
  const mark = url.indexOf('?');
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const rawQueryString = mark === -1 ? '' : url.slice(mark + 1);
  const { cookie, host = '' } = request.headers;
  const routeKey = matched?.routeKey ?? '$default';
  const now = new Date();
  const isText = textual.test(request.headers['content-type'] ?? '') && isUtf8(body);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: headersOf(request.headers),
    ...(rawQueryString !== '' && { queryStringParameters: queryOf(rawQueryString) }),
    ...(matched !== undefined && { pathParameters: matched.parameters }),
    requestContext: {
      accountId: 'local',
      apiId: 'local',
      domainName: host,
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** A static page, ready to be sent. */
interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const web = join(import.meta.dirname, '..', 'web');

/** The pages that people see, by path. They are few and small, so they stay in memory. */
export async function readPages(): Promise<ReadonlyMap<string, Page>> {
  const pages = pageFiles.map(async ({ path, file, type }): Promise<[string, Page]> => {
    const bytes = await readFile(join(web, file));
    const headers = {
      'content-type': type,
      'content-length': String(bytes.length),
      'cache-control': pageCacheControl,
      ...pageSecurity,
    };
    return [path, { headers, bytes }];
  });
  return new Map(await Promise.all(pages));
}

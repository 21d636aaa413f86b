import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../shared/fault.ts';
import { refusal, type DoorHandler, type DoorResult, type Failure } from '../shared/http/door.ts';
import { matchRoute, routeKey } from '../shared/http/match-route.ts';
import { maxBodyBytes } from '../shared/http/body.ts';
import { isPublicPath } from '../shared/http/public-files.ts';
import type { Door } from '../shared/http/routes.ts';
import type { Page } from './pages.ts';
import type { PublicFiles } from './public-files.ts';
import { ClientGoneError, discardRest, readBytes } from './read-body.ts';
import { toEvent } from './to-event.ts';

/** What stands behind the HTTP server of one machine. */
export interface Site {
  readonly doors: Readonly<Record<Door, DoorHandler>>;
  readonly publicFiles: PublicFiles;
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

async function send(response: ServerResponse, result: DoorResult): Promise<void> {
  const { statusCode = 200, headers = {}, body, stream } = result;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.statusCode = statusCode;
  if (stream !== undefined) {
    await pipeline(stream, response);
    return;
  }
  if (body === undefined) {
    response.end();
    return;
  }
  const bytes = Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  response.writeHead(200, page.headers);
  response.end(request.method === 'HEAD' ? undefined : page.bytes);
}

/** One request of the API, from the socket through its door. */
async function answer(
  request: IncomingMessage,
  site: Site,
  requestId: string,
): Promise<DoorResult> {
  const { route, parameters } = matchRoute(request.method ?? '', pathOf(request));
  const body =
    'accepts' in route
      ? await readBytes(request, 'maxBytes' in route ? route.maxBytes : maxBodyBytes)
      : nothing;
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
    await send(response, result);
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
    const page = site.pages.get(path);
    if (page !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      sendPage(request, response, page);
      return;
    }
    void serveApi(request, response, site);
  };
}

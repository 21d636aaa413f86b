import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Fault } from '../shared/fault.ts';
import { refusal, type DoorHandler, type DoorResult, type Failure } from '../shared/http/door.ts';
import { matchRoute } from '../shared/http/match-route.ts';
import { maxBodyBytes } from '../shared/http/body.ts';
import { isPublicPath } from '../shared/http/public-paths.ts';
import { routeKey, type Door, type OperationRow } from '../shared/http/operations/operation.ts';
import type { ObjectLinks } from './object-links.ts';
import type { Page } from './pages.ts';
import type { PublicFiles } from './public-files.ts';
import { ClientGoneError, discardRest, readBytes } from './read-body.ts';
import { sendResult } from './send-result.ts';
import { toEvent } from './to-event.ts';

/** What stands behind the HTTP server of one machine. */
export interface Site {
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

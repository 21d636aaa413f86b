import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

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
export function toEvent(
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

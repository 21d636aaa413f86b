import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** What matters of a request in a test of a door. */
export interface EventParts {
  /** The route's key, such as `GET /v1/forms`. */
  readonly key: string;
  /** Absent: those of the key. */
  readonly method?: string;
  readonly path?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text, or bytes, which API Gateway passes on in base64. */
  readonly body?: unknown;
  readonly requestId?: string;
}

/** An event as API Gateway would send it for that request. */
export function eventOf(parts: EventParts): APIGatewayProxyEventV2 {
  const [keyMethod = 'GET', keyPath = '/'] = parts.key.split(' ');
  const { method = keyMethod, parameters = {}, query, body } = parts;
  const path =
    parts.path ??
    keyPath.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => parameters[name] ?? name);
  const isBytes = body instanceof Uint8Array;
  const text = isBytes
    ? Buffer.from(body).toString('base64')
    : typeof body === 'string' || body === undefined
      ? body
      : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey: parts.key,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...parts.headers,
    },
    ...(query === undefined ? {} : { queryStringParameters: { ...query } }),
    pathParameters: { ...parameters },
    requestContext: {
      accountId: 'test',
      apiId: 'test',
      domainName: 'test',
      domainPrefix: 'test',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: parts.requestId ?? 'request-1',
      routeKey: parts.key,
      stage: '$default',
      time: '21/Nov/2026:20:00:00 +0000',
      timeEpoch: 0,
    },
    ...(text === undefined ? {} : { body: text }),
    isBase64Encoded: isBytes,
  };
}

import type { FaultCode } from '../fault.ts';
import { contentOf, requestBodyOf } from './openapi-content.ts';
import { membersOf, schemaOf, type Json } from './openapi-schema.ts';
import { problemKinds } from './problem-kinds.ts';
import { problemMediaType } from './problems.ts';
import { requests } from './requests.ts';
import { ProblemDocument } from './responses.ts';
import { routes, type Operation, type Route } from './routes.ts';

function parametersOf(operation: Operation, route: Route): Json[] {
  const { path, query } = requests[operation];
  const header = (name: string, description: string, required: boolean): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...membersOf(path).map((member) => ({ ...member, in: 'path', required: true })),
    ...membersOf(query).map((member) => ({ ...member, in: 'query' })),
    ...(route.ifMatch === true
      ? [header('If-Match', 'The revision that you have seen, in quotes: `"3"`.', true)]
      : []),
    header('Accept-Language', 'Language of messages: fr (default) or en.', false),
  ];
}

const requestId = {
  'X-Request-Id': {
    description: 'Names this request in the logs.',
    schema: { type: 'string' },
  },
};

const etag = {
  ETag: { description: 'The revision, in quotes.', schema: { type: 'string' } },
};

/** What every answer to an OpenRosa client carries. */
const openRosa = {
  'X-OpenRosa-Version': { schema: { const: '1.0' } },
  'X-OpenRosa-Accept-Content-Length': {
    description: 'The longest request that a client may send, in bytes.',
    schema: { type: 'string' },
  },
};

function successOf(operation: Operation, route: Route, status: number): Json {
  const headers = {
    ...requestId,
    ...(route.path.endsWith('{instanceId}') || route.ifMatch === true ? etag : {}),
    ...(route.key === true ? openRosa : {}),
  };
  if (status === 302) {
    const location = { Location: { description: 'A signed link.', schema: { type: 'string' } } };
    return { description: 'Where the file is, for a few minutes.', headers: location };
  }
  const content = contentOf(operation, route);
  return { description: route.summary.en, headers, ...(content && { content }) };
}

/** The refusals that any route of its kind can give. Most are the same for all: they need no table. */
function refusalsOf(operation: Operation, route: Route): (FaultCode | 'internal')[] {
  const { path, method, accepts, access } = route;
  const named = path.includes('{');
  const readsOnly = method === 'GET' || method === 'HEAD';
  const definesForms = operation === 'putDraft' || operation === 'publishForm';
  const sends = method === 'POST' && path.includes('/submission');
  return [
    'malformed-request',
    ...(access === 'anyone' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(named ? (['not-found'] as const) : []),
    'not-acceptable',
    ...(readsOnly ? [] : (['conflict'] as const)),
    ...(accepts === undefined
      ? []
      : (['body-too-large', 'unsupported-media-type', 'invalid-body'] as const)),
    ...(definesForms ? (['invalid-form'] as const) : []),
    ...(path.includes('{instanceId}') || sends ? (['erased'] as const) : []),
    ...(route.ifMatch === true ? (['stale-revision', 'revision-required'] as const) : []),
    ...(route.basic === true ? (['not-implemented'] as const) : []),
    ...(operation === 'getAttachmentsArchive' ? (['export-too-large'] as const) : []),
    'too-many-requests',
    'internal',
    'store-unavailable',
  ];
}

/** The name of the refusal that phones understand, among the components. */
const toPhones = 'OpenRosaRefusal';

function responsesOf(operation: Operation, route: Route): Json {
  const refusals = refusalsOf(operation, route).map((code): [string, Json] => [
    String(problemKinds[code].status),
    { $ref: `#/components/responses/${route.key === true ? toPhones : code}` },
  ]);
  const successes = route.statuses.map((status): [string, Json] => [
    String(status),
    successOf(operation, route, status),
  ]);
  return Object.fromEntries([...refusals, ...successes]);
}

/** None where the token stands in the path: OpenAPI knows it as a parameter only. */
function securityOf({ access, key, basic }: Route): Json[] {
  if (access === 'anyone' || key === true) return [];
  if (basic === true) return [{ token: [] }, { password: [] }];
  return access === 'form-audience' ? [{ token: [] }, {}] : [{ token: [] }];
}

const openRosaRefusal: Json = {
  description:
    'A refusal in words for people, French or English by Accept-Language. The statuses are those of the other routes.',
  headers: {
    ...requestId,
    ...openRosa,
    'X-Problem-Code': {
      description: 'The permanent code of the refusal.',
      schema: { enum: Object.keys(problemKinds) },
    },
  },
  content: { 'text/xml': { schema: { type: 'string' } } },
};

function problemResponses(): Json {
  const problems = Object.fromEntries(
    Object.entries(problemKinds).map(([code, { title, detail, retryAfter }]) => [
      code,
      {
        description: `${title.en} (\`${code}\`). ${detail.en}`,
        headers: {
          ...requestId,
          ...(retryAfter !== undefined
            ? { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }
            : {}),
        },
        content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
  return { ...problems, [toPhones]: openRosaRefusal };
}

/** OpenAPI 3.1 of every route: made from the route table and the schemas that requests are parsed with. */
export function openApi(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes as readonly (Route & { operation: Operation })[]) {
    const { operation, accepts } = route;
    const path = route.path.replace('+}', '}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: {
        operationId: operation,
        summary: route.summary.en,
        description: route.summary.fr,
        tags: [route.door],
        security: securityOf(route),
        parameters: parametersOf(operation, route),
        ...(accepts !== undefined && { requestBody: requestBodyOf(operation, route) }),
        responses: responsesOf(operation, route),
      },
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fiche',
      version: '1',
      summary: 'Forms, submissions, datasets and the progress of an action plan.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'fiche_<org>_<id>_<secret>' },
        password: {
          type: 'http',
          scheme: 'basic',
          description: 'The token is the password; the user name may be anything.',
        },
      },
      schemas: { Problem: schemaOf(ProblemDocument, 'output') },
      responses: problemResponses(),
    },
  };
}

import * as z from 'zod';
import { FormDefinition } from '../form/definition.ts';
import type { FaultCode } from '../fault.ts';
import { problemKinds } from './problem-kinds.ts';
import { problemMediaType } from './problems.ts';
import { requests } from './requests.ts';
import { ProblemDocument, responses } from './responses.ts';
import { routes, type Operation, type Route } from './routes.ts';

type Json = Record<string, unknown>;

/** zod's JSON Schema, less what says nothing to a reader: bounds of doubles, patterns of formats. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const schema: Json = {
    ...z.toJSONSchema(type, {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        // Fields may be added to answers.
        const others = JSON.stringify(jsonSchema.additionalProperties);
        if (io === 'output' && (others === 'false' || others === '{}')) {
          delete jsonSchema.additionalProperties;
        }
      },
    }),
  };
  delete schema['$schema'];
  return schema;
}

/** Names and schemas of the members of an object schema. */
function membersOf(type: z.ZodType): { name: string; required: boolean; schema: unknown }[] {
  const { properties, required } = schemaOf(type, 'input');
  const names = z.array(z.string()).default([]).parse(required);
  const members = z.record(z.string(), z.unknown()).default({}).parse(properties);
  return Object.entries(members).map(([name, schema]) => ({
    name,
    required: names.includes(name),
    schema,
  }));
}

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

function bodyOf(operation: Operation, accepts: readonly string[]): Json {
  const definition = operation === 'putDraft';
  const schema = schemaOf(definition ? FormDefinition : requests[operation].body, 'input');
  return {
    required: true,
    content: Object.fromEntries(accepts.map((mediaType) => [mediaType, { schema }])),
  };
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

function successOf(operation: Operation, route: Route, status: number): Json {
  const response = responses[operation];
  const description = route.summary.en;
  const headers = {
    ...requestId,
    ...(route.path.endsWith('{instanceId}') || route.ifMatch === true ? etag : {}),
  };
  if (status === 302) {
    const location = { Location: { description: 'A signed link.', schema: { type: 'string' } } };
    return { description: 'Where the file is, for a few minutes.', headers: location };
  }
  if (response === null) return { description, headers };
  const [mediaType = 'application/json'] =
    route.produces === undefined || route.produces === 'any' ? [] : route.produces;
  const content =
    response === 'bytes'
      ? { '*/*': { schema: {} } }
      : { [mediaType]: { schema: schemaOf(response, 'output') } };
  return { description, headers, content };
}

/** The refusals that any route of its kind can give. Most are the same for all: they need no table. */
function refusalsOf(route: Route): (FaultCode | 'internal')[] {
  const { path, accepts, access } = route;
  const named = path.includes('{');
  return [
    'malformed-request',
    ...(access === 'anyone' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(named ? (['not-found'] as const) : []),
    'not-acceptable',
    ...(accepts === undefined
      ? []
      : (['conflict', 'body-too-large', 'unsupported-media-type', 'invalid-body'] as const)),
    ...(path.includes('{instanceId}') ? (['erased'] as const) : []),
    ...(route.ifMatch === true ? (['stale-revision', 'revision-required'] as const) : []),
    'too-many-requests',
    'internal',
    'store-unavailable',
  ];
}

function responsesOf(operation: Operation, route: Route): Json {
  const refusals = refusalsOf(route).map((code): [string, Json] => [
    String(problemKinds[code].status),
    { $ref: `#/components/responses/${code}` },
  ]);
  const successes = route.statuses.map((status): [string, Json] => [
    String(status),
    successOf(operation, route, status),
  ]);
  return Object.fromEntries([...refusals, ...successes]);
}

function securityOf({ access }: Route): Json[] {
  if (access === 'anyone') return [];
  return access === 'form-audience' ? [{ token: [] }, {}] : [{ token: [] }];
}

function problemResponses(): Json {
  return Object.fromEntries(
    Object.entries(problemKinds).map(([code, { title, detail, status }]) => [
      code,
      {
        description: `${title.en} (\`${code}\`). ${detail.en}`,
        headers: {
          ...requestId,
          ...(status === 429 || status === 503
            ? { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }
            : {}),
        },
        content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** OpenAPI 3.1 of every route: made from the route table and the schemas that requests are parsed with. */
export function openApi(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes as readonly (Route & { operation: Operation })[]) {
    const { operation, accepts } = route;
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        operationId: operation,
        summary: route.summary.en,
        description: route.summary.fr,
        tags: [route.door],
        security: securityOf(route),
        parameters: parametersOf(operation, route),
        ...(accepts !== undefined && { requestBody: bodyOf(operation, accepts) }),
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
      },
      schemas: { Problem: schemaOf(ProblemDocument, 'output') },
      responses: problemResponses(),
    },
  };
}

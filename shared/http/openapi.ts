import * as z from 'zod';
import type { FaultCode } from '../fault.ts';
import { maxBodyBytes } from './body.ts';
import { matchRoute } from './match-route.ts';
import { requestSchemaOf } from './endpoint.ts';
import {
  json,
  type OperationRow,
  type ResponseSchema,
  type SuccessfulResponse,
} from './operations/operation.ts';
import * as responseSchemas from './operations/response-schemas.ts';
import { operations } from './operations/table.ts';
import { problemKinds } from './problem-kinds.ts';
import { problemMediaType } from './problems.ts';

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

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly schema: unknown;
}

/** Names and schemas of the members of an object schema. */
function membersOf(type: z.ZodType): Member[] {
  const { properties, required } = schemaOf(type, 'input');
  const names = z.array(z.string()).default([]).parse(required);
  const members = z.record(z.string(), z.unknown()).default({}).parse(properties);
  return Object.entries(members).map(([name, schema]) => ({
    name,
    required: names.includes(name),
    schema,
  }));
}

/** A body or an answer of bytes: OpenAPI 3.1 has no schema for them. */
const bytes: Json = {};

/** What OpenRosa clients send: the answers as XML, and each file in a part of its own. */
const openRosaParts: Json = {
  type: 'object',
  properties: {
    xml_submission_file: {
      contentMediaType: 'text/xml',
      description: 'The filled form.',
    },
    '*isIncomplete*': {
      const: 'yes',
      description: 'More requests with the same XML and other files follow.',
    },
  },
  required: ['xml_submission_file'],
  additionalProperties: {
    contentMediaType: 'application/octet-stream',
    description: 'A file, in a part that has the name which the XML gives it.',
  },
};

const isText = (mediaType: string) => /^application\/(json|yaml)$/.test(mediaType);

function bodySchema(row: OperationRow, mediaType: string): Json {
  if (mediaType === 'multipart/form-data') return openRosaParts;
  if (!isText(mediaType)) return bytes;
  return schemaOf(row.described?.(responseSchemas) ?? requestSchemaOf(row).body, 'input');
}

function longest({ accepts = [], maxBytes = maxBodyBytes }: OperationRow): string {
  const most = `At most ${maxBytes.toLocaleString('en')} bytes`;
  const mixed = accepts.some(isText) && maxBytes > maxBodyBytes;
  return mixed ? `${most}; JSON and YAML ${maxBodyBytes.toLocaleString('en')}.` : `${most}.`;
}

/** What an operation takes, by media type. */
function requestBodyOf(row: OperationRow): Json {
  const { accepts = [] } = row;
  return {
    required: true,
    description: longest(row),
    content: Object.fromEntries(
      accepts.map((mediaType) => [
        mediaType,
        {
          schema: bodySchema(row, mediaType),
          ...(mediaType === json[0] && { example: row.example.body }),
        },
      ]),
    ),
  };
}

/** What it answers with a status, by media type. */
function contentOf(response: ResponseSchema | 'bytes', { produces, example }: OperationRow): Json {
  const [first = json[0]] = produces === 'any' ? ['*/*'] : (produces ?? []);
  if (response !== 'bytes') {
    const schema = schemaOf(response(responseSchemas), 'output');
    return { [first]: { schema, ...('answer' in example && { example: example.answer }) } };
  }
  return { [first]: { schema: first.endsWith('xml') ? { type: 'string' } : bytes } };
}

/** The path has the token, for clients that speak OpenRosa and cannot send it otherwise. */
const isForPhones = ({ path }: OperationRow): boolean => path.includes('{token}');

/** The values that the example of an operation has for its parameters, in path and query. */
function exampleValues({ method, example }: OperationRow): ReadonlyMap<string, string> {
  const { pathname, searchParams } = new URL(example.url, 'https://fiche.example.org');
  return new Map([...Object.entries(matchRoute(method, pathname).parameters), ...searchParams]);
}

const IntegerSchema = z.object({ type: z.literal('integer') });

function parametersOf(row: OperationRow): Json[] {
  const values = exampleValues(row);
  const member = ({ name, schema, ...more }: Member): Json => {
    const value = values.get(name);
    const example = IntegerSchema.safeParse(schema).success ? Number(value) : value;
    return { name, schema, ...more, ...(value !== undefined && { example }) };
  };
  const { path, query } = requestSchemaOf(row);
  const header = (name: string, description: string, required: boolean): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...membersOf(path).map((one) => ({ ...member(one), in: 'path', required: true })),
    ...membersOf(query).map((one) => ({ ...member(one), in: 'query' })),
    ...(row.ifMatch === true
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

function successOf(row: OperationRow, response: SuccessfulResponse): Json {
  if (response === 'link') {
    const location = { Location: { description: 'A signed link.', schema: { type: 'string' } } };
    return { description: 'Where the file is, for a few minutes.', headers: location };
  }
  const headers = {
    ...requestId,
    ...(row.path.endsWith('{instanceId}') || row.ifMatch === true ? etag : {}),
    ...(isForPhones(row) ? openRosa : {}),
  };
  const content = response === 'empty' ? {} : { content: contentOf(response, row) };
  return { description: row.summary.en, headers, ...content };
}

/** The refusals that any operation of its kind can give, and those of its own. */
function refusalsOf(row: OperationRow): (FaultCode | 'internal')[] {
  const { path, method, accepts, access, refusals = [] } = row;
  const readsOnly = method === 'GET' || method === 'HEAD';
  return [
    'malformed-request',
    ...(access === 'anyone' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    'not-acceptable',
    ...(readsOnly ? [] : (['conflict'] as const)),
    ...(accepts === undefined
      ? []
      : (['body-too-large', 'unsupported-media-type', 'invalid-body'] as const)),
    ...(path.includes('{instanceId}') ? (['erased'] as const) : []),
    ...refusals,
    ...(row.ifMatch === true ? (['stale-revision', 'revision-required'] as const) : []),
    ...(row.basic === true ? (['not-implemented'] as const) : []),
    'too-many-requests',
    'internal',
    'store-unavailable',
  ];
}

/** The name of the refusal that phones understand, among the components. */
const toPhones = 'OpenRosaRefusal';

function responsesOf(row: OperationRow): Json {
  const refusals = refusalsOf(row).map((code): [string, Json] => [
    String(problemKinds[code].status),
    { $ref: `#/components/responses/${isForPhones(row) ? toPhones : code}` },
  ]);
  const successes = Object.entries<SuccessfulResponse>(row.responses).map(
    ([status, response]): [string, Json] => [status, successOf(row, response)],
  );
  return Object.fromEntries([...refusals, ...successes]);
}

/** None where the token stands in the path: OpenAPI knows it as a parameter only. */
function securityOf(row: OperationRow): Json[] {
  if (row.access === 'anyone' || isForPhones(row)) return [];
  if (row.basic === true) return [{ token: [] }, { password: [] }];
  return row.access === 'form-audience' ? [{ token: [] }, {}] : [{ token: [] }];
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

/** OpenAPI 3.1 of every operation: made from the table, with the schemas that requests are parsed with. */
export function openApi(): Json {
  const paths: Record<string, Json> = {};
  for (const row of operations as readonly OperationRow[]) {
    const path = row.path.replace('+}', '}');
    paths[path] = {
      ...paths[path],
      [row.method.toLowerCase()]: {
        operationId: row.operation,
        summary: row.summary.en,
        description: row.summary.fr,
        tags: [row.door],
        security: securityOf(row),
        parameters: parametersOf(row),
        ...(row.accepts !== undefined && { requestBody: requestBodyOf(row) }),
        responses: responsesOf(row),
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
      schemas: { Problem: schemaOf(responseSchemas.ProblemDocument, 'output') },
      responses: problemResponses(),
    },
  };
}

import * as z from 'zod';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { Language } from '../text.ts';
import type { Body } from './body.ts';
import type { AllowedRevisions } from './etag.ts';
import type { OperationRow } from './operations/operation.ts';
import * as requestSchemas from './operations/request-schemas.ts';
import type { OperationName, OperationNamed } from './operations/table.ts';
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

/** What the door knows of every request. */
interface CallContext {
  /** Of the body. */
  readonly mediaType: string | undefined;
  readonly accept: string | undefined;
  readonly language: Language;
  /** The whole Content-Type, which may have parameters. */
  readonly contentType: string | undefined;
  /** Where the client found the service, without a slash at its end: `https://fiche.example.org`. */
  readonly origin: string;
}

type Schemas = typeof requestSchemas.pathParameters;
type RequestOf<Row> = Row extends { request: (schemas: never) => infer Request } ? Request : object;

type ParameterNames<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Greedy}+` ? Greedy : Name) | ParameterNames<Rest>
  : never;

type PathOf<Path, Request> = {
  readonly [Name in ParameterNames<Path> & keyof Schemas]: Request extends {
    parameters: Readonly<Record<Name, infer Schema extends z.ZodType>>;
  }
    ? z.output<Schema>
    : z.output<Schemas[Name]>;
};

type PartOf<Part extends string, Request, None> =
  Request extends Readonly<Record<Part, infer Schema extends z.ZodType>> ? z.output<Schema> : None;

/** A request as the handler of an operation gets it: parsed by the schemas of its row. */
export type Call<Name extends OperationName> = CallContext & {
  readonly path: PathOf<OperationNamed<Name>['path'], RequestOf<OperationNamed<Name>>>;
  readonly query: PartOf<'query', RequestOf<OperationNamed<Name>>, Readonly<Record<string, never>>>;
  readonly body: PartOf<'body', RequestOf<OperationNamed<Name>>, undefined>;
  // What If-Match allows.
} & (OperationNamed<Name> extends { ifMatch: true }
    ? { readonly allowed: AllowedRevisions }
    : unknown);

/** Who calls: somebody, unless the row lets in who has no token. */
type CallerOf<Name extends OperationName> = OperationNamed<Name>['access'] extends
  'any-token' | 'coordinator'
  ? Principal
  : Principal | undefined;

type Handler<Name extends OperationName> = (
  call: Call<Name>,
  principal: CallerOf<Name>,
) => Promise<Answer>;

/** A handler for each of these operations: one that is missing does not compile. */
export type Handlers<Name extends OperationName> = { readonly [N in Name]: Handler<N> };

interface BuiltSchema {
  readonly path: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
}

const built = new Map<OperationRow, BuiltSchema>();
const nothing = z.strictObject({});
const noBody = z.undefined();

/** The schemas of a row's requests. Built with the first request: most functions that start see few operations. */
export function requestSchemaOf(row: OperationRow): BuiltSchema {
  const known = built.get(row);
  if (known !== undefined) return known;
  const { parameters, query = nothing, body = noBody } = row.request?.(requestSchemas) ?? {};
  const names = [...row.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name);
  const ofPath = Object.entries<z.ZodType>({ ...requestSchemas.pathParameters, ...parameters });
  const path = z.strictObject(
    Object.fromEntries(names.flatMap((wanted) => ofPath.filter(([name]) => name === wanted))),
  );
  const schema = { path, query, body };
  built.set(row, schema);
  return schema;
}

/** The parts of a request as they came. */
export interface RawCall {
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Body | undefined;
}

/**
 * Parses them by the schemas of their operation. Throws Faults: `not-found` for a path that names
 * nothing possible, `malformed-request` for the query, `invalid-body`.
 */
export function parseCall(row: OperationRow, { parameters, query, body }: RawCall) {
  const schema = requestSchemaOf(row);
  const path = schema.path.safeParse(parameters);
  if (!path.success) throw new Fault('not-found');
  const readQuery = schema.query.safeParse(query, { reportInput: true });
  if (!readQuery.success) throw invalidQuery(readQuery.error);
  const readBody = schema.body.safeParse(valueOf(body), { reportInput: true });
  if (!readBody.success) throw new Fault('invalid-body', { errors: faultsOf(readBody.error) });
  return {
    path: path.data,
    query: readQuery.data,
    body: readBody.data,
    mediaType: body?.mediaType,
  };
}

function valueOf(body: Body | undefined): unknown {
  if (body === undefined) return undefined;
  if ('bytes' in body) return body.bytes;
  return 'value' in body ? body.value : body.text;
}

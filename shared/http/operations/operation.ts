import type { ZodType } from 'zod';
import type { Access } from '../../access/policy.ts';
import type { FaultCode } from '../../fault.ts';
import type { JsonValue } from '../../json.ts';
import type { Bilingual } from '../../text.ts';
import type * as requestSchemas from './request-schemas.ts';
import type * as responseSchemas from './response-schemas.ts';

/** The Lambda functions that answer HTTP, split by what they may touch and how busy they are. */
export const doors = ['submissions', 'registry', 'datasets', 'openrosa'] as const;
export type Door = (typeof doors)[number];

/** A row's name in API Gateway: `GET /v1/forms/{formId}`. */
export function routeKey(route: { readonly method: string; readonly path: string }): string {
  return `${route.method} ${route.path}`;
}

/** How many requests are taken: `infra/http-api.ts` says how many each of these are. */
export type RateLimit = 'usual' | 'open' | 'heavy' | 'by-hand' | 'compile';

/** The longest body of a workbook, of a form's file and of a phone's submission; a Lambda takes 4.7 MB at most. */
export const maxFileBytes = 4_000_000;

export const json = ['application/json'] as const;
export const xml = ['text/xml', 'application/xml'] as const;
export const workbook =
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' as const;

/** Path, query and body are parsed apart: what a client puts in one never lands in another. */
interface RequestSchema {
  /** Of the path, where it is not what every parameter of that name is. */
  readonly parameters?: Readonly<Record<string, ZodType>>;
  readonly query?: ZodType;
  readonly body?: ZodType;
}

/** What a JSON answer says. Only what describes or tests the interface asks for it. */
export type ResponseSchema = (schemas: typeof responseSchemas) => ZodType;

export type SuccessfulResponse = ResponseSchema | 'empty' | 'bytes' | 'link';

interface Answers {
  /** By status. `bytes`: a file, or what another protocol than ours lays down; `link`: where to find it. */
  readonly responses:
    | { readonly 200: ResponseSchema; readonly 201?: ResponseSchema }
    | { readonly 201: ResponseSchema }
    | { readonly 202: ResponseSchema };
  /** Media types that it can answer, the first one being what it sends. Absent: JSON. */
  readonly produces?: readonly [string, ...string[]];
  readonly example: Example & { readonly answer: JsonValue };
}

interface AnswersNothing {
  readonly responses: { readonly 204: 'empty' };
  readonly produces?: 'any';
  readonly example: Example;
}

interface AnswersFile {
  readonly responses:
    | { readonly 200: 'bytes'; readonly 302?: 'link' }
    | { readonly 201: 'bytes'; readonly 202: 'bytes' };
  /** As above; `any`: it depends on the file. */
  readonly produces: readonly [string, ...string[]] | 'any';
  readonly example: Example;
}

interface Example {
  /** As a client writes it, with its parameters. */
  readonly url: `/v1/${string}`;
  readonly body?: JsonValue;
}

/**
 * All that is known of an operation, in one row. Schemas come as arguments: who needs no more than
 * addresses and rights (the CDK app) loads none.
 */
export type OperationRow = (Answers | AnswersNothing | AnswersFile) & {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /**
   * In the form of an HTTP API's route key: `{name}` takes one path segment, `{name+}` all the rest. A
   * `{token}` stands for the Authorization header of clients that cannot send one.
   */
  readonly path: `/v1/${string}`;
  readonly operation: string;
  readonly door: Door;
  readonly access: Access;
  /** Takes a token as the password of Basic authentication, too: for spreadsheets and BI tools. */
  readonly basic?: true;
  readonly limit: RateLimit;
  readonly summary: Bilingual;
  /**
   * Answers with a slash at the end of its path, too. A route of its own cannot: API Gateway takes none
   * that ends so, and sends such a request to its default, or to this route.
   */
  readonly slash?: true;
  /** What query and body may be; absent: there is neither. */
  readonly request?: (schemas: typeof requestSchemas) => RequestSchema;
  /** Of a JSON body that is checked further in: what is expected of it. */
  readonly described?: ResponseSchema;
  /** Media types that the body may have (an asterisk for any); absent: the route takes no body. */
  readonly accepts?: readonly string[];
  /** The longest body in bytes, where it is not that of every route (body.ts). JSON and YAML keep to that all the same. */
  readonly maxBytes?: number;
  /** Needs `If-Match` with the revision that the caller has seen. */
  readonly ifMatch?: true;
  /** What it can be refused for beside what every operation of its kind can. */
  readonly refusals?: readonly FaultCode[];
};

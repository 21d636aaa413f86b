import type { OperationRow } from './operation.ts';

/** Whether the service answers: asked of the door that answers whatever no route takes. */
export const health = [
  {
    method: 'GET',
    path: '/v1/health',
    operation: 'getHealth',
    door: 'datasets',
    access: 'anyone',
    limit: 'usual',
    summary: { fr: 'Dit que le service répond.', en: 'Says that the service answers.' },
    responses: { 200: ({ Health }) => Health },
    example: {
      url: '/v1/health',
      answer: { status: 'ok', time: '2027-01-31T08:00:00.000Z', version: '1.0.0' },
    },
  },
] as const satisfies readonly OperationRow[];

/** What the service says of its interface and of who asks. */
export const service = [
  {
    method: 'GET',
    path: '/v1/openapi.json',
    operation: 'getOpenApi',
    door: 'registry',
    access: 'anyone',
    limit: 'usual',
    summary: { fr: 'Cette interface, en OpenAPI 3.1.', en: 'This interface, as OpenAPI 3.1.' },
    responses: { 200: ({ OpenApi }) => OpenApi },
    example: { url: '/v1/openapi.json', answer: { openapi: '3.1.1' } },
  },
  {
    method: 'GET',
    path: '/v1/me',
    operation: 'getMe',
    door: 'registry',
    access: 'any-token',
    limit: 'usual',
    summary: { fr: 'Rôle et organisation du jeton.', en: "The token's role and organisation." },
    responses: { 200: ({ Me }) => Me },
    example: {
      url: '/v1/me',
      answer: { role: 'member', organisation: 'atelier', name: 'Atelier des droits' },
    },
  },
] as const satisfies readonly OperationRow[];

import type { OperationRow } from './operation.ts';

const feed = '/v1/odata/{datasetId}' as const;

/** OData feeds: what spreadsheets and BI tools ask for. */
export const odata = [
  {
    method: 'GET',
    path: feed,
    slash: true,
    operation: 'getFeed',
    door: 'datasets',
    access: 'any-token',
    basic: true,
    limit: 'usual',
    summary: { fr: 'OData : les tables d’un jeu.', en: 'OData: the tables of a dataset.' },
    request: ({ feedQuery }) => ({ query: feedQuery }),
    responses: { 200: 'bytes' },
    produces: 'any',
    example: { url: '/v1/odata/activity' },
  },
  {
    method: 'GET',
    path: `${feed}/{resource+}`,
    operation: 'getFeedResource',
    door: 'datasets',
    access: 'any-token',
    basic: true,
    limit: 'usual',
    summary: {
      fr: 'OData : $metadata, lignes d’une table, une ligne, leur nombre.',
      en: 'OData: $metadata, rows of a table, one row, how many there are.',
    },
    request: ({ feedQuery }) => ({ query: feedQuery }),
    responses: { 200: 'bytes' },
    produces: 'any',
    example: { url: '/v1/odata/activity/Submissions?$top=10&$filter=people%20gt%2012' },
  },
] as const satisfies readonly OperationRow[];

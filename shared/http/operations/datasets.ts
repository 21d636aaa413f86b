import type { OperationRow } from './operation.ts';

const version = '2027-01-31T080000Z-0123456789ab';
const time = '2027-01-31T08:00:00.000Z';

/** Datasets, their versions and their files. */
export const datasets = [
  {
    method: 'GET',
    path: '/v1/datasets',
    operation: 'listDatasets',
    door: 'datasets',
    access: 'any-token',
    limit: 'usual',
    summary: { fr: 'Les jeux de données.', en: 'The datasets.' },
    responses: { 200: ({ listOf, ListedDataset }) => listOf(ListedDataset) },
    example: { url: '/v1/datasets', answer: { items: [{ dataset: 'activity' }], next: null } },
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}',
    operation: 'getDataset',
    door: 'datasets',
    access: 'any-token',
    limit: 'usual',
    summary: { fr: 'Le manifeste de la version courante.', en: "The current version's manifest." },
    request: ({ versionQuery }) => ({ query: versionQuery }),
    responses: { 200: ({ Manifest }) => Manifest },
    example: {
      url: '/v1/datasets/activity',
      answer: {
        dataset: 'activity',
        version,
        previous: null,
        cutOff: time,
        createdAt: time,
        forms: [{ formId: 'activity', versions: ['2'] }],
        audiences: { public: { rows: 40, files: [] } },
        withheld: {},
        risk: null,
        omitted: [],
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/versions',
    operation: 'listDatasetVersions',
    door: 'datasets',
    access: 'any-token',
    limit: 'usual',
    summary: { fr: 'Ses versions.', en: 'Its versions.' },
    responses: { 200: ({ listOf, ListedVersion }) => listOf(ListedVersion) },
    example: {
      url: '/v1/datasets/activity/versions',
      answer: {
        items: [{ version, cutOff: time, createdAt: time, state: 'published' }],
        next: null,
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/changes',
    operation: 'getDatasetChanges',
    door: 'datasets',
    access: 'any-token',
    limit: 'usual',
    summary: {
      fr: 'Ce qui a changé d’une version à l’autre.',
      en: 'What changed from one version to another.',
    },
    request: ({ strictObject, PathPart, paging }) => ({
      query: strictObject({ from: PathPart.optional(), to: PathPart.optional(), ...paging }),
    }),
    responses: { 200: ({ DatasetChanges }) => DatasetChanges },
    example: {
      url: '/v1/datasets/activity/changes?limit=50',
      answer: {
        dataset: 'activity',
        from: version,
        to: version,
        counts: { added: 0, changed: 0, removed: 0, unchanged: 40 },
        complete: true,
        questions: { added: [], removed: [], changed: [] },
        items: [],
        next: null,
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/files/{file}',
    operation: 'getDatasetFile',
    door: 'datasets',
    access: 'any-token',
    limit: 'usual',
    summary: { fr: 'Un fichier du jeu.', en: 'A file of the dataset.' },
    request: ({ strictObject, PathPart, Audience, string, oneOf }) => ({
      parameters: { file: PathPart },
      query: strictObject({
        version: PathPart.optional(),
        audience: Audience.optional(),
        labels: string().max(100).optional().meta({
          description: 'Of a CSV or XLSX file: labels instead of codes, in this language.',
        }),
        multiples: oneOf(['joined', 'split']).optional().meta({
          description:
            '`split`: of a CSV file, a column of 0 and 1 for each choice of a `select_multiple`.',
        }),
      }),
    }),
    responses: { 200: 'bytes', 302: 'link' },
    produces: 'any',
    example: { url: '/v1/datasets/activity/files/activity.csv?audience=members&labels=fr' },
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/attachments.zip',
    operation: 'getAttachmentsArchive',
    door: 'datasets',
    access: 'any-token',
    limit: 'heavy',
    summary: {
      fr: 'Les pièces jointes du jeu, en une archive.',
      en: 'The attachments of the dataset, as one archive.',
    },
    request: ({ strictObject, Audience }) => ({
      query: strictObject({ audience: Audience.exclude(['public']).optional() }),
    }),
    responses: { 200: 'bytes', 302: 'link' },
    produces: ['application/zip'],
    refusals: ['export-too-large'],
    example: { url: '/v1/datasets/activity/attachments.zip' },
  },
] as const satisfies readonly OperationRow[];

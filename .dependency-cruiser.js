/** Dependencies point one way: functions, local → shared; infra → names only; shared imports none of them. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/**
 * The wings of shared, from the ground up: each may import those before it, and none after it. Folders on
 * one line are one floor, whose parts may know each other.
 */
export const floors = [
  ['shared'],
  ['shared/zip'],
  ['shared/workbook'],
  ['shared/objects'],
  ['shared/store'],
  ['shared/form/types'],
  ['shared/form/expression', 'shared/form/expression/functions'],
  ['shared/form'],
  ['shared/form/lists'],
  ['shared/form/compile'],
  ['shared/form/validate', 'shared/form/files', 'shared/form/xform', 'shared/form/compare'],
  ['shared/form/library'],
  ['shared/access'],
  ['shared/deduplication'],
  ['shared/submission/records'],
  ['shared/submission/attachments'],
  ['shared/submission/erasure'],
  ['shared/submission'],
  ['shared/submission/phone'],
  ['shared/plan'],
  ['shared/dataset'],
  ['shared/dataset/segments'],
  ['shared/dataset/rows'],
  ['shared/dataset/versions'],
  ['shared/dataset/formats', 'shared/dataset/formats/xlsx'],
  ['shared/dataset/disclosure'],
  ['shared/dataset/build'],
  ['shared/dataset/derived'],
  ['shared/dataset/publish'],
  ['shared/dataset/archive'],
  ['shared/dataset/verify'],
  ['shared/dataset/odata'],
  ['shared/http/operations'],
  ['shared/http', 'shared/http/openrosa', 'shared/canary'],
  ['shared/backup'],
];

/** Files directly in a folder, not those of its wings. */
const filesIn = (folders) => folders.map((folder) => `^${folder}/[^/]+$`);

const wings = floors.flatMap((floor, index) => {
  const above = floors.slice(index + 1).flat();
  return above.length === 0
    ? []
    : [
        forbid(
          `floor-${floor[0].replaceAll('/', '-')}`,
          'A wing imports what stands below it.',
          { path: filesIn(floor) },
          { path: filesIn(above) },
        ),
      ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...wings,
    forbid(
      'shared-has-floors',
      'Every folder of shared stands on a floor, in the list above.',
      { path: '^shared/', pathNot: filesIn(floors.flat()) },
      {},
    ),
    forbid('no-circular', 'A cycle hides which part owns what.', {}, { circular: true }),
    forbid(
      'shared-is-the-base',
      'shared imports no door, no building and no page.',
      { path: '^shared' },
      { path: '^(functions|infra|local|web)' },
    ),
    forbid(
      'functions-know-shared-only',
      'A function is a door onto shared.',
      { path: '^functions' },
      { path: '^(infra|local|web)' },
    ),
    forbid(
      'infra-knows-names-only',
      'infra reads the table of operations, the names in config and the headers, never handler code.',
      { path: '^infra' },
      {
        path: '^(functions|local|web|shared)',
        pathNot:
          '^shared/(http/(operations/(operation|table)|page-files)|public-headers|config|version|store/keys)\\.ts$',
      },
    ),
    forbid(
      'web-knows-forms-only',
      'The pages run the form code and speak HTTP.',
      { path: '^web' },
      { path: '^(functions|infra|local|shared)', pathNot: '^shared/(form/|text|json|fault|ids)' },
    ),
    forbid(
      'sdk-in-adapters-only',
      'The AWS SDK stands behind the ports.',
      {
        path: '^(shared|local|functions)',
        pathNot:
          '^(shared/store/dynamo-|shared/objects/s3-|shared/access/ssm-|functions/|local/deployed/)',
      },
      { path: '^node_modules/@aws-sdk' },
    ),
    forbid(
      'writers-see-cells-only',
      'A format is handed the cells of its audience: records, views and answers stay behind AudienceRow.',
      { path: '^shared/dataset/formats/' },
      {
        path: '^shared/dataset/(rows/(row-instance|form-rows|answer-reader)|segments|disclosure)',
      },
    ),
    forbid(
      'nothing-reads-tests',
      'Product code does not import test code.',
      { path: '^(functions|infra|local|shared|web)' },
      { path: '^test' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};

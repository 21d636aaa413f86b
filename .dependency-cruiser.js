/** Dependencies point one way: functions, local → shared; infra → names only; shared imports none of them. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
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
      'infra reads the route table, the names in config and the headers, never handler code.',
      { path: '^infra' },
      {
        path: '^(functions|local|web|shared)',
        pathNot: '^shared/(http/(routes|pages|public-headers)|config|store/keys)\\.ts$',
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
      { path: '^shared/dataset/formats/', pathNot: '/audience-row\\.ts$' },
      {
        path: '^shared/dataset/(instance|segment-row|form-rows|nested-answers|read-answers|disclosure/)',
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

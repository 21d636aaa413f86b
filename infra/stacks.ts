import { Tags, type App, type Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { version } from '../shared/version.ts';
import { DataStack } from './data-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import { FirewallStack } from './edge/firewall-stack.ts';
import type { BundleName } from './functions.ts';
import { ServiceStack } from './service-stack.ts';
import { settingsOf } from './settings.ts';

export interface Stacks {
  readonly data: DataStack;
  readonly service: ServiceStack;
  readonly edge: EdgeStack | undefined;
  readonly firewall: FirewallStack | undefined;
}

/**
 * Adds the stacks to the app. They name no account, and no region unless AWS leaves no choice, so that
 * synthesis asks nobody anything; `code` brings the functions' code, which tests replace. Throws ZodError for a context
 * value that makes no sense.
 */
export function addStacks(app: App, code: (name: BundleName) => Code): Stacks {
  const settings = settingsOf(app.node);
  const data = new DataStack(app, `${settings.name}-data`, {
    description: 'Fiche: what was sent. Outlives everything else.',
    // On the stack, which passes them on to what is in it: the templates of tables are better not touched.
    tags: labels('data', 'personal'),
  });
  const service = new ServiceStack(app, `${settings.name}-service`, {
    description: 'Fiche: the API and the compile',
    data: {
      submissions: data.submissions,
      registry: data.registry,
      objects: { bucketName: data.objects.bucketName, bucketArn: data.objectsArn },
    },
    settings,
    code,
  });
  const edge = settings.edge
    ? new EdgeStack(app, `${settings.name}-edge`, {
        description: 'Fiche: one address for pages, public files and the API',
        objects: data.objects,
        api: service.api,
        settings,
        pages: code('pages'),
      })
    : undefined;
  const firewall = settings.waf
    ? new FirewallStack(app, `${settings.name}-firewall`, {
        description: 'Fiche: limits how much one address may ask of the edge',
      })
    : undefined;
  Tags.of(app).add('application', settings.name);
  label(service, labels('service', 'operational'));
  if (edge !== undefined) label(edge, labels('edge', 'public'));
  if (firewall !== undefined) label(firewall, labels('firewall', 'operational'));
  // CloudFormation passes them on: the templates do not change with each release.
  for (const stack of [data, service, edge, firewall]) stack?.tags.setTag('fiche:version', version);
  return { data, service, edge, firewall };
}

/** For bills and audits: which part of the application a resource is, and what kind of data it holds at most. */
function labels(
  part: string,
  data: 'personal' | 'operational' | 'public',
): Readonly<Record<string, string>> {
  return { part, data };
}

function label(stack: Stack, tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags)) Tags.of(stack).add(name, value);
}

import { Tags, type App } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { DataStack } from './data-stack.ts';
import type { FunctionName } from './functions.ts';
import { ServiceStack } from './service-stack.ts';
import { settingsOf } from './settings.ts';

export interface Stacks {
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/**
 * Adds the stacks to the app. They name no account and no region, so that synthesis asks nobody
 * anything; `code` brings the functions' code, which tests replace. Throws ZodError for a context
 * value that makes no sense.
 */
export function addStacks(app: App, code: (name: FunctionName) => Code): Stacks {
  const settings = settingsOf(app.node);
  const data = new DataStack(app, `${settings.name}-data`, {
    description: 'Fiche: what was sent. Outlives everything else.',
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
  Tags.of(app).add('application', settings.name);
  return { data, service };
}
